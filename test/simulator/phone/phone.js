import { showAccount } from './account.js';
import { showChat } from './chat.js';
import { showChats } from './chats.js';
import { showMe } from './me.js';
import { showNotices } from './notices.js';
import { showProgram } from './program.js';
import { showPrograms } from './programs.js';
import { showSettings } from './settings.js';
import { showContact, showService } from './wecom-chat.js';

const screens = { account: showAccount, contact: showContact, service: showService, chats: showChats, programs: showPrograms, me: showMe, notices: showNotices, chat: showChat, program: showProgram, settings: showSettings };

/** The phone: whose it is, what it knows, and which screen is open. */
export const phone = {
  person: null,
  apps: [],
  /** Messages of all programs, newest first. */
  messages: [],
  /** Employees and kf accounts this phone knows. */
  wecom: { contacts: [], services: [] },
  loaded: false,
  /** Screens below the open one, for going back. */
  trail: [],
  place: { name: 'chats', args: {} },
  current: { update: () => {} },
  refresh: async () => {},

  choose(person) {
    this.person = person;
    this.messages = [];
    this.loaded = false;
    this.trail = [];
    this.go('chats');
  },

  app(appid) {
    return this.apps.find((app) => app.appid === appid);
  },

  /** Opens a screen; tabs start a new trail. */
  go(name, args = {}) {
    if (['chats', 'programs', 'me'].includes(name)) this.trail = [];
    else this.trail.push(this.place);
    this.show(name, args);
  },

  back() {
    const { name, args } = this.trail.pop() ?? { name: 'chats', args: {} };
    this.show(name, args);
  },

  show(name, args) {
    this.place = { name, args };
    const root = document.getElementById('screen');
    root.replaceChildren();
    root.dataset.screen = name;
    this.current = screens[name](root, this, args);
  },

  /** New data arrived. */
  update() {
    this.current.update?.();
  },
};
