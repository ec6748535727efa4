// Rules of accounts, roles and invitations.
import type { Role } from '@huiliu/shared';

export interface FieldProblem {
  field: string;
  problem: string;
  message: string;
}

export const normalEmail = (email: string): string => email.trim().toLowerCase();

export function whyNotEmail(email: string): FieldProblem | undefined {
  return /^[^\s@]{1,64}@[^\s@]+\.[^\s@]{2,}$/.test(email) && email.length <= 254
    ? undefined
    : { field: 'email', problem: 'not_an_email', message: 'email must be an e-mail address, for example name@shop.cn.' };
}

export const PASSWORD_MIN = 10;
export const PASSWORD_MAX = 200;

export function whyNotPassword(password: string, field = 'password'): FieldProblem | undefined {
  if (password.length < PASSWORD_MIN || password.length > PASSWORD_MAX)
    return { field, problem: 'length', message: `${field} must have ${PASSWORD_MIN} to ${PASSWORD_MAX} characters.` };
  if (new Set(password).size < 4) return { field, problem: 'too_simple', message: `${field} must not repeat a few characters.` };
  return undefined;
}

export function whyNotName(name: string): FieldProblem | undefined {
  return name.trim().length >= 1 && name.length <= 60 ? undefined : { field: 'name', problem: 'length', message: 'name must have 1 to 60 characters.' };
}

const rank: Record<Role, number> = { owner: 3, admin: 2, operator: 1, analyst: 1, clerk: 0 };

/** Nobody gives or takes a role above his own. */
export const mayAssign = (actor: Role, role: Role): boolean => rank[actor] >= 2 && rank[role] <= rank[actor];

export const SESSION_DAYS = 30;
export const INVITATION_DAYS = 7;
