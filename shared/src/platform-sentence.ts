// A sentence that helps: what happened, and what to do about it.

export interface Sentence {
  what: string;
  todo: string;
}

export interface PlatformProblemText {
  zh: Sentence;
  en: Sentence;
}

export const say = (zhWhat: string, zhTodo: string, enWhat: string, enTodo: string): PlatformProblemText => ({
  zh: { what: zhWhat, todo: zhTodo },
  en: { what: enWhat, todo: enTodo },
});
