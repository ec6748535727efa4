import { createApp } from 'vue';
import App from './App.vue';
import { placeOf } from './place.ts';
import { isChinese, loadTexts } from './texts.ts';
import './page.css';

const show = (): unknown => createApp(App, { place: placeOf(location.pathname, location.search) }).mount('#app');
document.documentElement.lang = isChinese ? 'zh-CN' : 'en';
// Without its English the page still works, in Chinese.
if (isChinese) show();
else void loadTexts().then(show, show);
