// Finds a Chromium for the browser tests; on Debian, as root, it is installed when it is missing.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  join(process.env.PROGRAMFILES ?? 'C:\\Program Files', 'Google/Chrome/Application/chrome.exe'),
];

/** The path of a Chromium, or undefined. */
export function findBrowser() {
  if (process.env.CHROME_PATH && existsSync(process.env.CHROME_PATH))
    return process.env.CHROME_PATH;
  const folders = (process.env.PATH ?? '').split(process.platform === 'win32' ? ';' : ':');
  for (const name of names)
    for (const folder of folders) {
      const path = join(folder, name);
      if (folder && existsSync(path)) return path;
    }
  return places.find((path) => existsSync(path)) ?? playwrightBrowser();
}

/** One that Playwright has downloaded. */
function playwrightBrowser() {
  const cache =
    process.env.PLAYWRIGHT_BROWSERS_PATH ??
    {
      darwin: join(homedir(), 'Library/Caches/ms-playwright'),
      win32: join(process.env.LOCALAPPDATA ?? homedir(), 'ms-playwright'),
    }[process.platform] ??
    join(homedir(), '.cache/ms-playwright');
  if (!existsSync(cache)) return undefined;
  const inside = ['chrome-linux/chrome', 'chrome-linux64/chrome', 'chrome-win/chrome.exe'];
  for (const name of readdirSync(cache)
    .filter((n) => n.startsWith('chromium-'))
    .sort()
    .reverse())
    for (const path of inside)
      if (existsSync(join(cache, name, path))) return join(cache, name, path);
  return undefined;
}

const onDebian = () =>
  existsSync('/etc/os-release') &&
  /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'));
const hasChineseFont = () => existsSync('/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc');

/** Makes sure that there is one, as far as that can be done; says what to do where it cannot. */
export function ensureBrowser() {
  const missing = [
    ...(findBrowser() ? [] : ['chromium']),
    ...(hasChineseFont() ? [] : ['fonts-noto-cjk']),
  ];
  if (missing.length > 0 && onDebian() && process.getuid?.() === 0) {
    console.log(`Installing ${missing.join(' ')} (apt-get) …`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...args) =>
      spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
    apt('update', '-qq');
    apt('install', '-y', '-qq', '--no-install-recommends', ...missing);
  }
  const found = findBrowser();
  if (!found)
    console.error(
      'The browser tests need Chrome or Chromium. Install one (Debian, Ubuntu: apt-get install chromium;\n' +
        'elsewhere: npm run install-browser), or name it: CHROME_PATH=/path/to/chrome npm test',
    );
  return found;
}
