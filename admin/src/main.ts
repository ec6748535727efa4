import urql from '@urql/vue';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import './styles/tokens.css';
import './styles/base.css';
import { createApi } from './api/client.ts';
import App from './App.vue';
import { startDark } from './composables/useDark.ts';
import { chosenLocale, i18n, showLocale } from './i18n.ts';
import { makeRouter } from './router.ts';
import { useSession } from './session.ts';

async function start(): Promise<void> {
  startDark();
  const pinia = createPinia();
  const api = createApi(() => {
    const session = useSession(pinia);
    if (!session.me) return;
    session.clear();
    const here = router.currentRoute.value;
    if (!here.meta.isPublic) void router.push({ name: 'sign-in', query: { next: here.fullPath } });
  });
  const router = makeRouter(api);
  await showLocale(chosenLocale());
  createApp(App).use(pinia).use(i18n).use(urql, api).use(router).mount('#app');
}

void start();
