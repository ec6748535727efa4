import { readonly, ref } from 'vue';

const KEY = 'huiliu.dark';
const isDark = ref(false);

function apply(dark: boolean): void {
  isDark.value = dark;
  document.documentElement.classList.toggle('dark', dark);
}

/** Call before the first paint: the person's choice, else the system's. */
export function startDark(): void {
  const chosen = localStorage.getItem(KEY);
  apply(chosen === null ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'yes');
}

export function useDark(): { isDark: Readonly<typeof isDark>; toggle: () => void } {
  return {
    isDark: readonly(isDark) as Readonly<typeof isDark>,
    toggle: () => {
      apply(!isDark.value);
      localStorage.setItem(KEY, isDark.value ? 'yes' : 'no');
    },
  };
}
