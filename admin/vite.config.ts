import { fileURLToPath } from 'node:url';
import VueI18nPlugin from '@intlify/unplugin-vue-i18n/vite';
import vue from '@vitejs/plugin-vue';
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers';
import Components from 'unplugin-vue-components/vite';
import { defaultClientConditions, defineConfig, type UserConfig } from 'vite';
import { precompress } from './precompress.ts';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

// All our code and Element Plus use the composition API: Vue's options API is left out of the build.
const define = {
  __VUE_OPTIONS_API__: 'false',
  __VUE_PROD_DEVTOOLS__: 'false',
  __VUE_I18N_LEGACY_API__: 'false',
  __INTLIFY_PROD_DEVTOOLS__: 'false',
};
// Shared is read from its sources, so that a console build needs no build of shared before it.
const resolve = { conditions: ['source', ...defaultClientConditions] };

// A group takes along what its members import: Vue goes first, or it would end up inside the chart's chunk.
const vendorGroups = [
  { name: 'vue', test: /node_modules[\\/](@?vue|vue-router|pinia|@intlify|vue-i18n|@urql|wonka|@0no-co)[\\/]/, priority: 30 },
  { name: 'echarts', test: /node_modules[\\/](echarts|zrender|vue-echarts)[\\/]/, priority: 10 },
];

function consoleApp(): UserConfig {
  return {
    root: path('.'),
    base: '/',
    define,
    resolve,
    plugins: [
      vue(),
      VueI18nPlugin({ include: [path('./src/locales/**/*.json')], dropMessageCompiler: true, strictMessage: false }),
      Components({ dirs: [], dts: false, resolvers: [ElementPlusResolver({ importStyle: 'css' })] }),
      precompress(path('./dist/console')),
    ],
    build: {
      target: 'baseline-widely-available',
      outDir: path('./dist/console'),
      emptyOutDir: true,
      chunkSizeWarningLimit: 700, // echarts, loaded after the page
      rolldownOptions: { output: { codeSplitting: { groups: vendorGroups } } },
    },
    server: {
      host: '127.0.0.1',
      port: 5173,
      proxy: Object.fromEntries(['/graphql', '/p', '/p-assets', '/sim', '/hooks'].map((prefix) => [prefix, 'http://127.0.0.1:8080'])),
    },
  };
}

/** The customers' pages: Vue alone, old phones, answered below /p/ with their files below /p-assets/. */
function playApp(): UserConfig {
  return {
    root: path('./play'),
    base: '/p-assets/',
    define,
    resolve,
    plugins: [vue(), precompress(path('./dist/play'))],
    build: { target: ['chrome79', 'safari13'], modulePreload: false, outDir: path('./dist/play'), emptyOutDir: true },
  };
}

export default defineConfig(({ mode }) => (mode === 'play' ? playApp() : consoleApp()));
