import { createApp } from 'vue';
import App from './App.vue';
import { placeOf } from './place.ts';
import { isChinese, loadTexts } from './texts.ts';
import { passThroughWeChat } from './web-login.ts';
import './page.css';

const place = placeOf(location.pathname, location.search);
async function show(): Promise<void> {
  if (place.page !== 'unknown' && (await passThroughWeChat(place.slug))) return;
  createApp(App, { place }).mount('#app');
}
document.documentElement.lang = isChinese ? 'zh-CN' : 'en';
// Without its English the page still works, in Chinese.
if (isChinese) void show();
else void loadTexts().then(show, show);
