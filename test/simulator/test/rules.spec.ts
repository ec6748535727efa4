import { describe, expect, test } from 'vitest';
import { fieldAccepts } from '../src/field-rule.ts';
import { parseContent, templateFrom } from '../src/template.ts';
import { jsonText } from '../src/json-text.ts';
import { xmlText } from '../src/xml-text.ts';
import { QuotaBook } from '../src/quota-book.ts';
import { TokenBook } from '../src/token-book.ts';

describe('template fields', () => {
  const accepted: [string, string][] = [
    ['thing', '一'.repeat(20)],
    ['thing', 'VIP 会员券(满100-20)'],
    ['number', '120'],
    ['number', '12.5'],
    ['letter', 'abcXYZ'],
    ['symbol', '***'],
    ['character_string', 'A-2026/01'],
    ['time', '15:01'],
    ['time', '2026年10月1日 15:01'],
    ['time', '2026-10-01 15:01:30'],
    ['time', '2026年10月1日 15:01~2026年10月2日 16:00'],
    ['date', '2026年11月30日'],
    ['date', '2026-11-30 10:00'],
    ['amount', '¥12.00'],
    ['amount', '\uffe512.00'],
    ['amount', '\u00a512.00'],
    ['amount', '12.5元'],
    ['phone_number', '+86-0766-66888866'],
    ['car_number', '粤A8Z888挂'],
    ['name', '张三'],
    ['name', 'Alexander Hamilton'],
    ['phrase', '已发货'],
    ['const', '固定值'],
  ];
  test.each(accepted)('%s takes %s', (type, value) => expect(fieldAccepts(type, value)).toBe(true));

  const refused: [string, unknown][] = [
    ['thing', '一'.repeat(21)],
    ['thing', '第一行\n第二行'],
    ['thing', ''],
    ['thing', '  '],
    ['thing', undefined],
    ['number', '12个'],
    ['number', '1'.repeat(33)],
    ['letter', 'abc1'],
    ['symbol', '******'],
    ['symbol', 'a'],
    ['character_string', '编号1'],
    ['time', '2026年10月1日'],
    ['time', '25:01'],
    ['date', '明天'],
    ['amount', '12345678901'],
    ['amount', '十二元'],
    ['phone_number', '1'.repeat(18)],
    ['car_number', '粤A8Z888888'],
    ['name', '一'.repeat(11)],
    ['name', 'a'.repeat(21)],
    ['phrase', '六个汉字太长'],
    ['phrase', 'OK'],
  ];
  test.each(refused)('%s refuses %j', (type, value) => expect(fieldAccepts(type, value)).toBe(false));

  test('characters are counted, not UTF-16 units', () => expect(fieldAccepts('thing', '𠮷'.repeat(20))).toBe(true));
  test('an enum takes listed values only', () => {
    expect(fieldAccepts('enum', '待取餐', ['待取餐', '已取餐'])).toBe(true);
    expect(fieldAccepts('enum', '其他', ['待取餐'])).toBe(false);
  });
  test('keys, labels and types come from the content', () => {
    expect(parseContent('券名称:{{thing1.DATA}}\n时间:{{time12.DATA}}\n{{character_string3.DATA}}')).toEqual([
      { key: 'thing1', label: '券名称', type: 'thing' },
      { key: 'time12', label: '时间', type: 'time' },
      { key: 'character_string3', label: '', type: 'character_string' },
    ]);
    expect(templateFrom({ priTmplId: 'T', content: '券名称:{{thing1.DATA}}\n' }).example).toContain('券名称:');
  });
});

describe('writing', () => {
  test('64-bit integers keep every digit', () => {
    expect(jsonText({ MsgId: 7531052564729561089n, List: [{ a: '"中"' }], none: undefined })).toBe(
      '{"MsgId":7531052564729561089,"List":[{"a":"\\"中\\""}]}',
    );
  });
  test('XML holds strings as CDATA, even those that would end it', () => {
    expect(xmlText('xml', { A: 'x]]>y', N: 3, L: { List: [{ T: 'a' }, { T: 'b' }] } })).toBe(
      '<xml><A><![CDATA[x]]]]><![CDATA[>y]]></A><N>3</N><L><List><T><![CDATA[a]]></T></List><List><T><![CDATA[b]]></T></List></L></xml>',
    );
  });
});

describe('tokens', () => {
  const life = 7_200_000;
  test('the stable token stays the same until five minutes before its end, then both work', () => {
    const book = new TokenBook('wx', new Map());
    const first = book.issueStable(0, life);
    expect(book.issueStable(life - 300_001, life)).toBe(first);
    const second = book.issueStable(life - 300_000, life);
    expect(second.value).not.toBe(first.value);
    expect(book.check(first.value, life - 1)).toBe(0);
    expect(book.check(first.value, life)).toBe(42001);
    expect(book.check(second.value, life)).toBe(0);
    expect(book.issued).toBe(2);
  });
  test('a forced refresh kills the old token at once and not twice in 30 seconds', () => {
    const book = new TokenBook('wx', new Map());
    const first = book.issueStable(0, life);
    expect(book.mayForce(1000)).toBe(true);
    const second = book.forceStable(1000, life);
    expect(book.check(first.value, 1000)).toBe(40001);
    expect(book.mayForce(30_999)).toBe(false);
    expect(book.mayForce(31_000)).toBe(true);
    expect(book.issueStable(2000, life)).toBe(second);
  });
  test('an ordinary token replaces the one before after the overlap, and leaves the stable one alone', () => {
    const book = new TokenBook('wx', new Map());
    const stable = book.issueStable(0, life);
    const first = book.issueOrdinary(0, life);
    const second = book.issueOrdinary(1000, life);
    expect([book.check(first.value, 300_999), book.check(first.value, 301_000)]).toEqual([0, 40001]);
    expect([book.check(second.value, 301_000), book.check(stable.value, 301_000)]).toEqual([0, 0]);
  });
});

describe('quota', () => {
  test('days end at midnight in Beijing', () => {
    const quota = new QuotaBook();
    quota.limits = { daily: { '/a': 2 } };
    const lateEvening = Date.UTC(2026, 10, 24, 15, 59, 59);
    expect([quota.take('/a', lateEvening), quota.take('/a', lateEvening), quota.take('/a', lateEvening)]).toEqual([0, 0, 45009]);
    expect(quota.take('/a', lateEvening + 1000)).toBe(0);
    expect(quota.look('/a', lateEvening + 1000)).toEqual({ daily_limit: 2, used: 1, remain: 1 });
  });
  test('seconds and minutes have limits of their own, and clearing works ten times a month', () => {
    const quota = new QuotaBook();
    quota.limits = { perSecond: { '/a': 1 }, perMinute: { '/b': 1 } };
    expect([quota.take('/a', 0), quota.take('/a', 999), quota.take('/a', 1000)]).toEqual([0, 44990, 0]);
    expect([quota.take('/b', 0), quota.take('/b', 59_999), quota.take('/b', 60_000)]).toEqual([0, 45011, 0]);
    expect(Array.from({ length: 11 }, () => quota.clear(0)).filter(Boolean)).toHaveLength(10);
  });
});
