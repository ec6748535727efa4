import { describe, expect, it } from 'vitest';
import { customerProblem, normalisePhone, tagProblem, visitorProblem } from './customer.js';

describe('a phone number', () => {
  it('is kept without prefix, spaces and hyphens', () => {
    expect(normalisePhone('+86 138-0013-8000')).toBe('13800138000');
    expect(normalisePhone('0086 13800138000')).toBe('13800138000');
    expect(normalisePhone('+852 6123 4567')).toBe('+85261234567');
  });
  it.each(['12345', '23800138000', '138001380000', '+0123456789', 'abc'])('is refused when it is none: %s', (phone) => {
    expect(customerProblem({ phone })).toMatchObject({ field: 'phone', problem: 'bad_format' });
  });
  it('may be taken away', () => {
    expect(customerProblem({ phone: '', name: '' })).toBeUndefined();
  });
});

describe('names', () => {
  it('of customers have at most 60 characters, not bytes', () => {
    expect(customerProblem({ name: '王'.repeat(60) })).toBeUndefined();
    expect(customerProblem({ name: '王'.repeat(61) })?.problem).toBe('too_long');
  });
  it('of tags are not blank', () => {
    expect(tagProblem(' ')?.problem).toBe('required');
    expect(tagProblem('熟客')).toBeUndefined();
  });
});

describe('a visitor id', () => {
  it('is long enough not to be guessed', () => {
    expect(visitorProblem('abc')?.field).toBe('visitorId');
    expect(visitorProblem('0b6f4dfe-6a3c-4f0e-9d55-2f3e6a1f9c11')).toBeUndefined();
  });
});
