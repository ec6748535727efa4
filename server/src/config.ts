// Reads and checks the environment, once. Nothing else in the server reads process.env.
import { z } from 'zod';

const bool = z.enum(['0', '1', 'true', 'false', '']).transform((v) => v === '1' || v === 'true');
const key32 = z.string().refine((v) => Buffer.from(v, 'base64').length === 32, 'must be 32 bytes in base64 (openssl rand -base64 32)');
const word = z.string().regex(/^\S+$/, 'must not have spaces').optional();
const aesKey = z.string().regex(/^[A-Za-z0-9]{43}$/, 'must be 43 letters or digits').optional();

const schema = z.object({
  NODE_ENV: z.string().default('production'),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65535).default(8080),
  PUBLIC_URL: z.url().default('http://127.0.0.1:8080'),
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must start with postgres://'),
  DB_POOL_SIZE: z.coerce.number().int().min(2).max(200).default(10),
  REDIS_URL: z.string().regex(/^rediss?:\/\//, 'must start with redis://').optional(),
  INLINE_WORKER: bool.default(false),
  QUEUE_CONCURRENCY: z.coerce.number().int().min(1).max(100).default(8),
  SECRET_KEY: key32,
  SECRET_KEYS_OLD: z.string().default('').transform((v) => v.split(',').filter(Boolean)).pipe(z.array(key32)),
  WECHAT_API_BASE: z.url().default('https://api.weixin.qq.com'),
  WECOM_API_BASE: z.url().default('https://qyapi.weixin.qq.com'),
  WECHAT_LOGIN_BASE: z.url().default('https://open.weixin.qq.com'),
  WECHAT_CONSENT_BASE: z.url().default('https://mp.weixin.qq.com'),
  COMPONENT_APPID: word,
  COMPONENT_SECRET: word,
  COMPONENT_TOKEN: word,
  COMPONENT_AES_KEY: aesKey,
  WECOM_SUITE_ID: word,
  WECOM_SUITE_SECRET: word,
  WECOM_SUITE_TOKEN: word,
  WECOM_SUITE_AES_KEY: aesKey,
  WECOM_PROVIDER_CORPID: word,
  WECOM_PROVIDER_SECRET: word,
  SIMULATOR_URL: z.url().optional(),
  STATIC_DIR: z.string().default(''),
  SIGN_UP: z.enum(['open', 'closed']).default('open'),
  SESSION_COOKIE_SECURE: bool.default(false),
  TRUST_PROXY: bool.default(false),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  CALLBACK_MAX_AGE_SECONDS: z.coerce.number().int().min(10).max(86400).default(300),
  PUBLIC_RATE_PER_MINUTE: z.coerce.number().int().min(0).max(1_000_000).default(600),
  MAX_PROMPT_TEMPLATES: z.coerce.number().int().min(1).max(5).default(3),
});

export interface Config {
  host: string;
  port: number;
  publicUrl: string;
  databaseUrl: string;
  dbPoolSize: number;
  redisUrl?: string;
  /** The API process does the background work too: one process less on a small machine. */
  inlineWorker: boolean;
  queueConcurrency: number;
  /** Current master key first, then keys that may still decrypt. 32 bytes each. */
  secretKeys: Buffer[];
  wechatApiBase: string;
  wecomApiBase: string;
  /** Where a web page sends a customer to log in with WeChat. */
  wechatLoginBase: string;
  /** Where a merchant consents to a third-party platform. */
  wechatConsentBase: string;
  /** The operator's third-party platform at WeChat (开放平台); undefined: merchants connect by secret only. */
  component?: ProviderApp;
  /** The operator's provider-developed app at WeCom (代开发模版). */
  wecomSuite?: ProviderApp;
  /** The operator as a service provider at WeCom: makes the codes that merchants scan. Without it grants still arrive, and nobody can begin one here. */
  wecomProvider?: { corpId: string; secret: string };
  simulatorUrl?: string;
  staticDir: string;
  signUp: 'open' | 'closed';
  cookieSecure: boolean;
  trustProxy: boolean;
  logLevel: string;
  callbackMaxAgeSeconds: number;
  /** Public calls that one address may make per minute and process; 0: uncounted. */
  publicRatePerMinute: number;
  maxPromptTemplates: number;
}

/** An app of the operator that merchants let speak for them. */
export interface ProviderApp {
  id: string;
  secret: string;
  callbackToken: string;
  encodingAesKey: string;
}

/** Names of every variable the server reads: `.env.example` is checked against it. */
export const configVariables = Object.keys(schema.shape);

/**
 * Reads the environment.
 * @throws Error with one line per wrong variable, naming it and the fix.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([name, value]) => configVariables.includes(name) && value !== ''));
  const read = schema.safeParse(given);
  if (!read.success) {
    const lines = read.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The environment is not complete (every variable stands in .env.example):\n${lines.join('\n')}`);
  }
  const e = read.data;
  return {
    host: e.HOST,
    port: e.PORT,
    publicUrl: e.PUBLIC_URL.replace(/\/$/, ''),
    databaseUrl: e.DATABASE_URL,
    dbPoolSize: e.DB_POOL_SIZE,
    redisUrl: e.REDIS_URL,
    inlineWorker: e.INLINE_WORKER,
    queueConcurrency: e.QUEUE_CONCURRENCY,
    secretKeys: [e.SECRET_KEY, ...e.SECRET_KEYS_OLD].map((k) => Buffer.from(k, 'base64')),
    wechatApiBase: e.WECHAT_API_BASE.replace(/\/$/, ''),
    wecomApiBase: e.WECOM_API_BASE.replace(/\/$/, ''),
    wechatLoginBase: e.WECHAT_LOGIN_BASE.replace(/\/$/, ''),
    wechatConsentBase: e.WECHAT_CONSENT_BASE.replace(/\/$/, ''),
    component: providerApp('COMPONENT_*', [e.COMPONENT_APPID, e.COMPONENT_SECRET, e.COMPONENT_TOKEN, e.COMPONENT_AES_KEY]),
    wecomSuite: providerApp('WECOM_SUITE_*', [e.WECOM_SUITE_ID, e.WECOM_SUITE_SECRET, e.WECOM_SUITE_TOKEN, e.WECOM_SUITE_AES_KEY]),
    wecomProvider: e.WECOM_PROVIDER_CORPID && e.WECOM_PROVIDER_SECRET ? { corpId: e.WECOM_PROVIDER_CORPID, secret: e.WECOM_PROVIDER_SECRET } : undefined,
    simulatorUrl: e.SIMULATOR_URL?.replace(/\/$/, ''),
    staticDir: e.STATIC_DIR,
    signUp: e.SIGN_UP,
    cookieSecure: e.SESSION_COOKIE_SECURE,
    trustProxy: e.TRUST_PROXY,
    logLevel: e.LOG_LEVEL,
    callbackMaxAgeSeconds: e.CALLBACK_MAX_AGE_SECONDS,
    publicRatePerMinute: e.PUBLIC_RATE_PER_MINUTE,
    maxPromptTemplates: e.MAX_PROMPT_TEMPLATES,
  };
}

/** All four or none: three of them are a mistake that would only show when a merchant tries. */
function providerApp(names: string, [id, secret, callbackToken, encodingAesKey]: (string | undefined)[]): ProviderApp | undefined {
  if (id && secret && callbackToken && encodingAesKey) return { id, secret, callbackToken, encodingAesKey };
  if (id || secret || callbackToken || encodingAesKey) throw new Error(`The environment is not complete (every variable stands in .env.example):\n  ${names}: set all four or none`);
  return undefined;
}

/** DI token of the one Config. */
export const CONFIG = Symbol('CONFIG');
