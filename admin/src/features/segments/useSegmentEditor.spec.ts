import { describe, expect, it } from 'vitest';
import { ref } from 'vue';
import { newGroup, newRow } from './rule-tree.ts';
import { useSegmentEditor } from './useSegmentEditor.ts';

const editor = () => useSegmentEditor(ref({ tags: {} }), ref('zh-CN'));

describe('segment editor', () => {
  it('reads the rule back as it is edited', () => {
    const page = editor();
    expect(page.sentence.value).toBe('所有客户');
    page.tree.value = newGroup('and', [newRow('last_visit'), newRow('has_coupon')]);
    expect(page.sentence.value).toBe('最近30天未到店，且持有未使用的优惠券');
  });
  it('has no rule while a row is unfinished, and does not save it', () => {
    const page = editor();
    page.rename('带标签的');
    page.tree.value = newGroup('and', [newRow('tag')]);
    expect([page.rule.value, page.sentence.value, page.openRows.value]).toEqual([undefined, undefined, 1]);
    expect(page.submit()).toBeUndefined();
  });
  it('asks for a name only once saving was tried', () => {
    const page = editor();
    expect(page.nameProblem.value).toBeUndefined();
    expect(page.submit()).toBeUndefined();
    expect(page.nameProblem.value).toBe('missing');
    page.rename('所有人');
    expect(page.submit()).toEqual({ name: '所有人', rule: { version: 1, root: { and: [] } } });
  });
  it('keeps a name that was typed when a preset is loaded', () => {
    const page = editor();
    page.load({ version: 1, root: { and: [{ type: 'redeemed', days: 3 }] } }, '常客');
    expect(page.name.value).toBe('常客');
    page.rename('我的常客');
    page.load({ version: 1, root: { and: [] } }, '所有客户');
    expect(page.name.value).toBe('我的常客');
  });
});
