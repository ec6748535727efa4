// Variables as a merchant reads them: 【最快到期的券｜8 折券】 on the screen, {{coupon.name | default: "8 折券"}} in storage.
import { MESSAGE_VARIABLES, type MessageVariable } from '@huiliu/shared';
import { asVariable, VARIABLES } from './message-values.ts';

export type Lang = 'zh' | 'en';

const STORED = /\{\{\s*([a-z_]+\.[a-z_]+)\s*(?:\|\s*default:\s*(?:"([^"]*)"|'([^']*)'|“([^”]*)”)\s*)?\}\}/gu;
const SHOWN = /【([^【】｜]+)(?:｜([^【】]*))?】/gu;

const isVariable = (name: string): name is MessageVariable => Object.hasOwn(MESSAGE_VARIABLES, name);

/** A variable as it stands in a text field; after the bar, what people read who lack it. */
export function friendlyVariable(variable: MessageVariable, lang: Lang, fallback?: string): string {
  const words = fallback?.replaceAll(/[【】｜"{}]/gu, '');
  return `【${MESSAGE_VARIABLES[variable][lang]}${words ? `｜${words}` : ''}】`;
}

/** Storage to screen. What is no variable of ours stays as it is, so that its problem is seen. */
export function toFriendly(text: string, lang: Lang): string {
  return text.replaceAll(STORED, (whole, name: string, ...quoted: unknown[]) => {
    if (!isVariable(name)) return whole;
    const fallback = quoted.slice(0, 3).find((one) => typeof one === 'string');
    return friendlyVariable(name, lang, typeof fallback === 'string' ? fallback : undefined);
  });
}

/** Screen to storage. Brackets around other words are the merchant's own, for example 【山野茶集】. */
export function fromFriendly(text: string, lang: Lang): string {
  return text.replaceAll(SHOWN, (whole, label: string, fallback: string | undefined) => {
    const variable = VARIABLES.find((one) => MESSAGE_VARIABLES[one][lang] === label.trim());
    return variable ? asVariable(variable, fallback?.trim()) : whole;
  });
}
