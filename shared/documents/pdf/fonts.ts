import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** In a bundle, the folder beside it (infra/bundle-functions.ts). */
const folder = join(import.meta.dirname, 'fonts');

const files = {
  regular: 'NotoSans-Regular.ttf',
  bold: 'NotoSans-Bold.ttf',
  /** Chinese, Japanese, Korean: one weight. Read only for who writes in them: 3.5 MB. */
  cjk: 'DroidSansFallback.ttf',
  arabic: 'NotoSansArabic-Regular.woff',
  arabicBold: 'NotoSansArabic-Bold.woff',
  hebrew: 'NotoSansHebrew-Regular.woff',
  hebrewBold: 'NotoSansHebrew-Bold.woff',
  thai: 'NotoSansThai-Regular.woff',
  thaiBold: 'NotoSansThai-Bold.woff',
} as const;
export type FontName = keyof typeof files;

const known = new Map<FontName, Buffer>();

export function fontFile(name: FontName): Buffer {
  const file = known.get(name) ?? readFileSync(join(folder, files[name]));
  known.set(name, file);
  return file;
}
