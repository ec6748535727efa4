import { createApp } from 'vue';
import App from './App.vue';
import { placeOf } from './place.ts';
import { isChinese } from './texts.ts';
import './page.css';

document.documentElement.lang = isChinese ? 'zh-CN' : 'en';
createApp(App, { place: placeOf(location.pathname, location.search) }).mount('#app');
