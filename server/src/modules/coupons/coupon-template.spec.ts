import { describe, expect, it } from 'vitest';
import { templateProblem, updateProblem, type TemplateInput } from './coupon-template.js';

const now = new Date('2026-11-24T10:00:00+08:00');
const tomorrow = new Date('2026-11-25T10:00:00+08:00');
const good: TemplateInput = { name: '满 50 减 10', kind: 'amount', valueFen: 1000, minSpendFen: 5000, stock: 100, validity: 'relative', validDays: 7 };
const wrong = (more: Partial<TemplateInput>) => {
  const found = templateProblem({ ...good, ...more }, now);
  return found && `${found.field}: ${found.problem}`;
};

describe('a coupon template', () => {
  it('passes when everything is in order, whatever its kind', () => {
    expect(templateProblem(good, now)).toBeUndefined();
    expect(wrong({ kind: 'percent', valueFen: null, percentOff: 20, maxDiscountFen: 3000 })).toBeUndefined();
    expect(wrong({ kind: 'exchange', valueFen: null, exchangeItem: '拿铁一杯' })).toBeUndefined();
    expect(wrong({ validity: 'fixed', validDays: null, validUntil: tomorrow })).toBeUndefined();
  });
  it.each<[Partial<TemplateInput>, string]>([
    [{ name: '  ' }, 'name: required'],
    [{ name: '券'.repeat(41) }, 'name: too_long'],
    [{ valueFen: 0 }, 'valueFen: out_of_range'],
    [{ valueFen: 10.5 }, 'valueFen: out_of_range'],
    [{ kind: 'percent', valueFen: null }, 'percentOff: out_of_range'],
    [{ kind: 'percent', valueFen: null, percentOff: 100 }, 'percentOff: out_of_range'],
    [{ kind: 'percent', percentOff: 20 }, 'valueFen: not_for_kind'],
    [{ kind: 'exchange', valueFen: null, exchangeItem: ' ' }, 'exchangeItem: required'],
    [{ minSpendFen: -1 }, 'minSpendFen: out_of_range'],
    [{ minSpendFen: 999 }, 'minSpendFen: below_value'],
    [{ stock: 0 }, 'stock: out_of_range'],
    [{ perPersonLimit: 101 }, 'perPersonLimit: out_of_range'],
    [{ validDays: null }, 'validDays: out_of_range'],
    [{ validDays: 3651 }, 'validDays: out_of_range'],
    [{ validUntil: tomorrow }, 'validUntil: not_for_validity'],
    [{ validity: 'fixed', validDays: null }, 'validUntil: required'],
    [{ validity: 'fixed', validDays: 3, validUntil: tomorrow }, 'validDays: not_for_validity'],
    [{ validity: 'fixed', validDays: null, validFrom: tomorrow, validUntil: tomorrow }, 'validUntil: before_start'],
    [{ validity: 'fixed', validDays: null, validUntil: now }, 'validUntil: in_past'],
    [{ usageNotes: '长'.repeat(501) }, 'usageNotes: too_long'],
  ])('refuses %j as %s', (more, expected) => {
    expect(wrong(more)).toBe(expected);
  });
  it('can be given more stock, and never less', () => {
    expect(updateProblem({ addStock: 5 }, 10)).toBeUndefined();
    expect(updateProblem({ addStock: 0 }, 10)?.problem).toBe('out_of_range');
    expect(updateProblem({ addStock: -5 }, 10)?.problem).toBe('out_of_range');
    expect(updateProblem({ name: '' }, 10)?.field).toBe('name');
  });
});
