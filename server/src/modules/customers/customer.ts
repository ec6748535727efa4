// What is true of a customer's own fields: each refusal names the field and the fix.

export interface FieldProblem {
  field: string;
  problem: string;
  message: string;
  more?: Record<string, unknown>;
}

const MAINLAND = /^1[3-9]\d{9}$/;
const ABROAD = /^\+[1-9]\d{6,14}$/;

/** As people write them: spaces, hyphens and the mainland prefix go. */
export function normalisePhone(typed: string): string {
  const plain = typed.replaceAll(/[\s\-()]/gu, '');
  return plain.replace(/^(?:\+?86|0086)(?=1[3-9]\d{9}$)/, '');
}

/** The first thing wrong with a name or phone number, or undefined. Empty text means: forget it. */
export function customerProblem(input: { name?: string | null; phone?: string | null }): FieldProblem | undefined {
  if (input.name && [...input.name.trim()].length > 60) {
    return { field: 'name', problem: 'too_long', message: 'name must have at most 60 characters. Shorten it.', more: { max: 60 } };
  }
  if (!input.phone?.trim()) return undefined;
  const phone = normalisePhone(input.phone);
  if (MAINLAND.test(phone) || ABROAD.test(phone)) return undefined;
  return { field: 'phone', problem: 'bad_format', message: 'phone must be a mainland mobile number of 11 digits, or start with + and the country code.' };
}

/** A browser's own id: too short a one could be guessed, and with it another person's coupons. */
export function visitorProblem(visitorId: string): FieldProblem | undefined {
  if (/^[A-Za-z0-9_-]{16,64}$/.test(visitorId)) return undefined;
  return { field: 'visitorId', problem: 'bad_format', message: 'visitorId must be 16 to 64 letters, digits, "-" or "_"; make it once per browser, for example with crypto.randomUUID().' };
}

export function tagProblem(name: string): FieldProblem | undefined {
  const length = [...name.trim()].length;
  if (length === 0) return { field: 'name', problem: 'required', message: 'name must not be empty. Write a word that groups these customers.' };
  if (length <= 30) return undefined;
  return { field: 'name', problem: 'too_long', message: 'name must have at most 30 characters. Shorten it.', more: { max: 30 } };
}
