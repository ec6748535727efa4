// Chinese comes with the page; English is loaded where it is needed.
import { chinese, type Texts } from './chinese.ts';

export const isChinese = /^zh\b/i.test(navigator.language);
/** In the customer's language once `loadTexts` has answered. */
export const texts: Texts = { ...chinese };

export async function loadTexts(): Promise<void> {
  if (!isChinese) Object.assign(texts, (await import('./english.ts')).english);
}

export const problemText = (code: string): string => texts.problems[code] ?? texts.problems['other']!;
