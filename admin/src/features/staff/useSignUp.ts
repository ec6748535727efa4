import { computed, type ComputedRef, reactive, ref, type Ref } from 'vue';
import { SignUpDocument } from '../../api/generated/graphql.ts';
import type { Problem } from '../../api/problem.ts';
import { useMutation } from '../../composables/useMutation.ts';
import { rememberGoal } from '../../pickers/first-goal.ts';

/** Trades a merchant can pick (locales: staff.trades). */
export const TRADES = ['bakery', 'tea', 'restaurant', 'beauty', 'retail', 'education', 'online', 'other'] as const;

export interface SignUpForm {
  trade: string;
  goal: string;
  tenantName: string;
  name: string;
  email: string;
  password: string;
}

export interface SignUp {
  form: SignUpForm;
  step: Ref<number>;
  choose: (field: 'trade' | 'goal', value: string) => void;
  skip: () => void;
  back: () => void;
  submit: () => Promise<boolean>;
  isBusy: Ref<boolean>;
  problem: Ref<Problem | undefined>;
  isLast: ComputedRef<boolean>;
}

const LAST = 2;

/** Three questions: trade, goal, account. The first two may be skipped. */
export function useSignUp(): SignUp {
  const form = reactive<SignUpForm>({ trade: '', goal: '', tenantName: '', name: '', email: '', password: '' });
  const step = ref(0);
  const { run, isBusy, problem } = useMutation(SignUpDocument);
  const move = (by: number): void => {
    step.value = Math.min(LAST, Math.max(0, step.value + by));
  };

  async function submit(): Promise<boolean> {
    const { tenantName, name, email, password, trade, goal } = form;
    const done = await run({ input: { tenantName: tenantName.trim(), name: name.trim(), email: email.trim(), password, trade: trade || null } });
    if (done) rememberGoal(goal);
    return done !== undefined;
  }
  return {
    form,
    step,
    choose: (field, value) => {
      form[field] = value;
      move(1);
    },
    skip: () => move(1),
    back: () => move(-1),
    submit,
    isBusy,
    problem,
    isLast: computed(() => step.value === LAST),
  };
}
