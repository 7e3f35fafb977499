// Every command of every lab, clicked from the first to the last, in both languages.
import { expect } from '@playwright/test';
import { doStep } from './do-step.ts';
import { LabPage, labs, languages, test } from './lab-page.ts';

for (const language of languages)
  for (const lab of labs)
    test(`${language}: every step of ${lab.id} runs and its check holds`, async ({ page }) => {
      test.setTimeout(240_000);
      const labPage = new LabPage(page);
      await labPage.open(lab.id, language);
      await page.locator('.bench-foot select').selectOption('8');
      for (const prediction of lab.predictions) {
        const right = prediction.options.find(({ holds }) => holds.length > 0);
        await page
          .locator(`lab-predict[data-id="${prediction.id}"] [data-option="${right?.id}"]`)
          .click();
      }
      for (const step of lab.steps) {
        if (step.via !== undefined) {
          await doStep(page, step);
          continue;
        }
        await labPage.run(step.id);
        if (step.check.length === 0) continue;
        await expect
          .soft(labPage.verdict(step.id), `${step.id}: ${step.command}`)
          .toHaveAttribute('data-holds', 'true', { timeout: step.wait ? 30_000 : 10_000 });
      }
      for (const prediction of lab.predictions) {
        const question = page.locator(`lab-predict[data-id="${prediction.id}"]`);
        await expect.soft(question.locator('[data-right="true"]')).toHaveCount(1);
      }
      await expect(page.locator('.lab-kicker lab-progress')).toHaveText(/✓/);
    });
