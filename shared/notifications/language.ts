import { en } from './messages/en.ts';
import { es } from './messages/es.ts';
import type { Messages } from './messages.ts';

export const languages: Readonly<Record<string, Messages>> = { en, es };
const fallback = 'en';

/** @template M what is said in a language */
export interface Language<M = Messages> {
  messages: M;
  /** For numbers, dates and plurals: the customer's own (`es-MX`) when there are messages for its language. */
  locale: string;
}

/** The customer's locale -> its language -> English. Takes `es_MX` for `es-MX`, and anything that is no locale for none. */
export const languageOf = (locale: string | undefined): Language => chooseLanguage(locale, languages, en);

/** The same among other messages than those of mails. */
export function chooseLanguage<M>(
  locale: string | undefined,
  among: Readonly<Record<string, M>>,
  english: M,
): Language<M> {
  const [tag] = canonical(locale);
  const language = tag === undefined ? fallback : new Intl.Locale(tag).language;
  const messages = among[language];
  if (tag === undefined || !messages) return { messages: english, locale: fallback };
  // Unknown to Intl it would silently become the machine's own default.
  return { messages, locale: Intl.NumberFormat.supportedLocalesOf(tag)[0] ?? language };
}

function canonical(locale: string | undefined): string[] {
  try {
    return Intl.getCanonicalLocales((locale ?? '').replaceAll('_', '-') || []);
  } catch {
    return [];
  }
}
