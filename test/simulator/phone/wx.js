// The client's `wx` object for one person, put before the scripts of a merchant page.
(() => {
  const { path, person, appid } = document.currentScript.dataset;
  if (location.pathname === '/sim/webview') history.replaceState(history.state, '', path);
  const inPhone = window.parent !== window;
  const waiting = new Map();
  let nextCall = 1;

  window.addEventListener('message', (event) => {
    if (event.origin !== location.origin || event.data?.kind !== 'phone-answer') return;
    waiting.get(event.data.call)?.(event.data.result);
    waiting.delete(event.data.call);
  });

  /** Asks the phone around this page; answers what it answers. */
  function askPhone(name, args) {
    return new Promise((resolve) => {
      const call = nextCall;
      nextCall += 1;
      waiting.set(call, resolve);
      window.parent.postMessage({ kind: 'phone-call', call, name, args }, location.origin);
    });
  }

  async function askPlatform(route, body) {
    const response = await fetch(`/sim/people/${encodeURIComponent(person)}/${route}`, {
      method: body ? 'POST' : 'GET',
      ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error ?? response.statusText);
    return answer;
  }

  /** Gives a function the client's calling convention: callbacks, or a promise when there are none. */
  function api(name, run) {
    return (options = {}) => {
      const work = (async () => {
        try {
          const result = await run(options);
          return result.errCode ? Promise.reject(result) : { errMsg: `${name}:ok`, ...result };
        } catch (error) {
          throw error.errMsg ? error : { errMsg: `${name}:fail ${error.message}` };
        }
      })();
      if (!options.success && !options.fail && !options.complete) return work;
      work.then(
        (result) => {
          options.success?.(result);
          options.complete?.(result);
        },
        (error) => {
          options.fail?.(error);
          options.complete?.(error);
        },
      );
      return undefined;
    };
  }

  async function requestSubscribeMessage({ tmplIds = [] }) {
    if (navigator.userActivation && !navigator.userActivation.isActive) {
      throw { errMsg: 'requestSubscribeMessage:fail can only be invoked by user TAP gesture.', errCode: 10004 };
    }
    if (!inPhone) throw { errMsg: 'requestSubscribeMessage:fail can not show UI', errCode: 10005 };
    const answer = await askPhone('requestSubscribeMessage', { tmplIds });
    if (answer.errCode) throw answer;
    return { ...answer.result, errMsg: answer.errMsg };
  }

  const system = {
    brand: 'Simulator',
    model: 'Phone',
    platform: 'devtools',
    system: 'Simulator 1.0',
    language: 'zh_CN',
    version: '8.0.60',
    SDKVersion: '3.12.1',
    pixelRatio: window.devicePixelRatio,
    get windowWidth() {
      return window.innerWidth;
    },
    get windowHeight() {
      return window.innerHeight;
    },
  };
  const navigate = (name) => api(`miniProgram.${name}`, (options) => askPhone('navigate', { how: name, url: options.url ?? '' }));

  window.__wxjs_environment = 'miniprogram';
  window.wx = {
    login: api('login', async () => ({ code: (await askPlatform('login', { appid })).code })),
    checkSession: api('checkSession', async () => ({})),
    requestSubscribeMessage: api('requestSubscribeMessage', requestSubscribeMessage),
    getSetting: api('getSetting', async () => {
      const { mainSwitch, itemSettings } = await askPlatform(`settings?appid=${encodeURIComponent(appid)}`);
      return { authSetting: {}, subscriptionsSetting: { mainSwitch, itemSettings } };
    }),
    getSystemInfo: api('getSystemInfo', async () => system),
    getSystemInfoSync: () => system,
    miniProgram: {
      getEnv: (callback) => callback({ miniprogram: true }),
      navigateTo: navigate('navigateTo'),
      redirectTo: navigate('redirectTo'),
      reLaunch: navigate('reLaunch'),
      switchTab: navigate('switchTab'),
      navigateBack: navigate('navigateBack'),
      postMessage: () => {},
    },
  };

  // A full page load would lose this script: such a load goes through the webview again.
  window.navigation?.addEventListener('navigate', (event) => {
    const url = new URL(event.destination.url);
    const leaves = event.destination.sameDocument || event.hashChange || event.downloadRequest !== null || event.formData;
    if (leaves || !event.cancelable || url.origin !== location.origin || url.pathname.startsWith('/sim/')) return;
    event.preventDefault();
    location.replace(`/sim/webview?${new URLSearchParams({ url: url.pathname + url.search + url.hash, person, appid })}`);
  });
})();
