// Why a check does not hold, in words. Loaded with the first that fails.
import type { CheckResult } from '../../sandbox-engine/protocol/index.ts';
import { language } from './page-data.ts';

export async function whyNot({ holds, found }: CheckResult): Promise<string> {
  if (holds) return '';
  const { findingsText } = await import('../i18n/finding-words.ts');
  return findingsText(found, language);
}
