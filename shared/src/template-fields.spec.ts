import { describe, expect, it } from 'vitest';
import { fieldLimit, fieldProblemText, fieldTypeOf, fitField, templateProblems, whyNotField } from './template-fields.ts';
import type { TemplateField, TemplateFieldType } from './template-fields.ts';

const field = (type: TemplateFieldType, options?: string[]): TemplateField => ({ key: `${type}1`, type, label: '备注', ...(options ? { options } : {}) });
const rule = (type: TemplateFieldType, value: string): string => whyNotField(field(type), value)?.rule ?? 'ok';

describe('template field rules', () => {
  it.each<[TemplateFieldType, string, string]>([
    ['thing', '满'.repeat(20), 'ok'],
    ['thing', '满'.repeat(21), 'too_long'],
    ['thing', '𠮷'.repeat(20), 'ok'],
    ['thing', '到期\n提醒', 'newline'],
    ['thing', '送你🎁', 'emoji'],
    ['thing', '   ', 'empty'],
    ['number', '120.50', 'ok'],
    ['number', '1'.repeat(33), 'too_long'],
    ['number', '12个', 'bad_characters'],
    ['letter', 'abcXYZ', 'ok'],
    ['letter', 'abc1', 'bad_characters'],
    ['symbol', '！？', 'ok'],
    ['symbol', '!!!!!!', 'too_long'],
    ['character_string', 'A-1029/x', 'ok'],
    ['character_string', '编号1', 'bad_characters'],
    ['time', '15:01', 'ok'],
    ['time', '2026年10月1日 15:01', 'ok'],
    ['time', '2026年10月1日 15:01~2026年10月2日 15:01', 'ok'],
    ['time', '25:01', 'bad_format'],
    ['time', '2026年10月1日', 'bad_format'],
    ['date', '2026年10月1日', 'ok'],
    ['date', '2026-10-01 ~ 2026-10-31', 'ok'],
    ['date', '明天', 'bad_format'],
    ['amount', '¥99.50', 'ok'],
    ['amount', '99元', 'ok'],
    ['amount', '12345678901', 'too_long'],
    ['amount', '约99元', 'bad_format'],
    ['phone_number', '+86-0755-12345678', 'ok'],
    ['phone_number', '+86-0755-123456789', 'too_long'],
    ['car_number', '粤A8Z888', 'ok'],
    ['car_number', '粤A8Z8888挂', 'too_long'],
    ['car_number', '粤粤8Z888', 'bad_format'],
    ['name', '王小明', 'ok'],
    ['name', '王'.repeat(11), 'too_long'],
    ['name', 'Alexander Hamilton', 'ok'],
    ['name', '王小明2', 'bad_characters'],
    ['phrase', '已到期', 'ok'],
    ['phrase', '已经到期了啊', 'too_long'],
    ['phrase', 'ok', 'bad_characters'],
  ])('%s %s → %s', (type, value, expected) => expect(rule(type, value)).toBe(expected));

  it('takes only listed values where the platform lists them', () => {
    expect(whyNotField(field('enum', ['进行中', '完成']), '完成')).toBeUndefined();
    expect(whyNotField(field('enum', ['进行中', '完成']), '好了')?.rule).toBe('not_listed');
  });

  it('names every field that is missing, wrong or not in the template', () => {
    const fields = [field('thing'), field('amount'), field('time')];
    const found = templateProblems(fields, { thing1: '券'.repeat(30), time1: '15:00', thing9: 'x' });
    expect(found.map((p) => [p.field, p.rule])).toEqual([['thing1', 'too_long'], ['amount1', 'missing'], ['thing9', 'unknown_field']]);
    expect(found[0]).toMatchObject({ limit: 20, length: 30 });
  });

  it('says in both languages what to do', () => {
    const problem = whyNotField(field('thing'), '券'.repeat(22));
    expect(problem && fieldProblemText(problem, 'zh')).toBe('「备注」最多 20 个字，现在有 22 个，请缩短');
    expect(problem && fieldProblemText(problem, 'en')).toContain('at most 20 characters');
  });

  it('fits free text by characters, and what it returns passes', () => {
    const fitted = fitField('thing', `新品\n上市🎉${'好'.repeat(30)}`);
    expect([...fitted]).toHaveLength(20);
    expect(fitted.endsWith('…')).toBe(true);
    expect(rule('thing', fitted)).toBe('ok');
    expect(fitField('amount', ' ¥12.00 ')).toBe('¥12.00');
  });

  it('reads the type out of a key', () => {
    expect(fieldTypeOf('character_string12')).toBe('character_string');
    expect(fieldTypeOf('hologram1')).toBeUndefined();
    expect(fieldLimit('name', 'Bob')).toBe(20);
  });
});
