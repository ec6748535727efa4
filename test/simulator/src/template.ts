/** One private subscription template of a mini program. */
export interface Template {
  priTmplId: string;
  title: string;
  /** Lines of `label:{{thing1.DATA}}`. */
  content: string;
  example: string;
  /** 2 one-time, 3 long-term. */
  type: 2 | 3;
  keywordEnumValueList?: { keywordCode: string; enumValueList: string[] }[];
}

export interface TemplateField {
  key: string;
  label: string;
  /** The key without its trailing number, e.g. `thing`. */
  type: string;
}

const parsed = new WeakMap<Template, TemplateField[]>();

/** The fields of a template in display order. */
export function fieldsOf(template: Template): TemplateField[] {
  let fields = parsed.get(template);
  if (!fields) parsed.set(template, (fields = parseContent(template.content)));
  return fields;
}

export function parseContent(content: string): TemplateField[] {
  return [...content.matchAll(/([^\n{}]*?)\s*[:\uff1a]?\s*\{\{(\w+)\.DATA\}\}/g)].map((match) => {
    const key = match[2] ?? '';
    return { key, label: (match[1] ?? '').replace(/[:\uff1a]\s*$/, '').trim(), type: key.replace(/\d+$/, '') };
  });
}

const samples: Record<string, string> = {
  thing: '示例内容',
  number: '12',
  amount: '12.00元',
  time: '2026年12月1日 10:00',
  date: '2026年12月1日',
  phrase: '已完成',
  name: '张三',
  character_string: 'A20261201',
  phone_number: '13800000000',
  car_number: '粤A12345',
  letter: 'ABC',
  symbol: '***',
};

/** A stored template from what a caller gave; a missing example is made up from the field types. */
export function templateFrom(input: Partial<Template> & { priTmplId: string }): Template {
  const content = input.content ?? '';
  const example =
    input.example ??
    parseContent(content)
      .map((field) => `${field.label}:${samples[field.type] ?? '示例'}\n`)
      .join('');
  const template: Template = {
    priTmplId: input.priTmplId,
    title: input.title ?? input.priTmplId,
    content,
    example,
    type: input.type === 3 ? 3 : 2,
  };
  if (input.keywordEnumValueList) template.keywordEnumValueList = input.keywordEnumValueList;
  return template;
}
