// One question at a time, asked by any page and shown by ConfirmHost.
import { shallowRef } from 'vue';

export interface Question {
  title: string;
  /** Paragraphs: what will happen, in plain words. */
  text?: string;
  confirmLabel?: string;
  cancelLabel?: string;
  /** Red button: it cannot be taken back. */
  isDangerous?: boolean;
  /** The person must type this before the button works. */
  typeToConfirm?: string;
  /** Asks for a sentence; the answer comes with the promise. */
  reasonLabel?: string;
}

export interface PendingQuestion extends Question {
  answer: (reply: Reply) => void;
}

/** False: cancelled. Otherwise the reason typed, or an empty string. */
export type Reply = { isConfirmed: boolean; reason: string };

export const pendingQuestion = shallowRef<PendingQuestion>();

/** Returns a function that asks and resolves true when the person agreed. */
export function useConfirm(): (question: Question) => Promise<boolean> {
  const ask = useQuestion();
  return async (question) => (await ask(question)).isConfirmed;
}

/** Like useConfirm, with the typed reason. A second question answers the first with no. */
export function useQuestion(): (question: Question) => Promise<Reply> {
  return (question) =>
    new Promise((resolve) => {
      pendingQuestion.value?.answer({ isConfirmed: false, reason: '' });
      pendingQuestion.value = {
        ...question,
        answer: (reply) => {
          pendingQuestion.value = undefined;
          resolve(reply);
        },
      };
    });
}
