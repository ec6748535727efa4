// A private template's text → its fields. WeChat gives lines like "到期时间:{{time3.DATA}}".
import { fieldTypeOf } from '@huiliu/shared';
import type { TemplateField } from '@huiliu/shared';

/** The values WeChat lists for enum fields (`keywordEnumValueList`). */
export interface EnumValues {
  keywordCode: string;
  enumValueList: string[];
}

/** Fields in display order; a type this build does not know is treated as free text of 20 characters. */
export function fieldsOf(content: string, enums: readonly EnumValues[] = []): TemplateField[] {
  return content.split(/\r?\n/u).flatMap((line) => {
    const match = /^(?<label>.*?)[:：]?\s*\{\{\s*(?<key>\w+)\.DATA\s*\}\}/u.exec(line);
    const key = match?.groups?.['key'];
    if (key === undefined) return [];
    const options = enums.find((one) => one.keywordCode === key || one.keywordCode === `${key}.DATA`)?.enumValueList;
    const label = match?.groups?.['label']?.trim() || key;
    return [{ key, type: fieldTypeOf(key) ?? 'thing', label, ...(options === undefined ? {} : { options }) }];
  });
}
