export { benchStrings } from './bench-strings.ts';
export { fill } from './fill.ts';
export { type IslandStrings, islandStrings } from './island-strings.ts';
export { type PageStrings, pageStrings } from './page-strings.ts';

export const languages = ['zh', 'en'] as const;
export type Language = (typeof languages)[number];

/** What `<html lang>` says. */
export const htmlLang: Readonly<Record<Language, string>> = { zh: 'zh-CN', en: 'en' };

export const otherLanguage = (language: Language): Language => (language === 'zh' ? 'en' : 'zh');

/** The path of a page in a language: `path` starts after the language, without a slash (`labs/`). */
export const pagePath = (language: Language, path = ''): string => `/${language}/${path}`;
