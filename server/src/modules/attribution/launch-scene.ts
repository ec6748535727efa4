// WeChat's numbers for how a mini program was entered, as sources of our reports. Data, not rules: WeChat adds numbers as it likes.

const GROUPS: Record<string, readonly number[]> = {
  wechat_share: [1007, 1008, 1044, 1088, 1096, 1158, 1160, 1173, 1185, 1208],
  wechat_code: [1011, 1012, 1013, 1025, 1031, 1032, 1047, 1048, 1049, 1124, 1125, 1126, 1150],
  wechat_search: [1005, 1006, 1027, 1042, 1053, 1106, 1183, 1232, 1244, 1252],
  wechat_message: [1014, 1043, 1073, 1074, 1081, 1082, 1107, 1231],
  official_account: [1020, 1035, 1058, 1091, 1102, 1144, 1152, 1157, 1261],
  wechat_pay: [1019, 1034, 1060, 1072, 1097, 1151],
  wechat_ad: [1045, 1046, 1067, 1084, 1095, 1200, 1201, 1215, 1228, 1230, 1238],
  channels_video: [1175, 1176, 1177, 1184, 1191, 1193, 1195, 1197, 1198, 1206, 1216, 1219],
  external_link: [1036, 1065, 1069, 1167, 1168, 1181, 1194, 1286],
  other_mini_program: [1037, 1038],
  wecom: [1119, 1120, 1121, 1192, 1202, 1207],
  wechat_return: [1001, 1010, 1023, 1024, 1089, 1103, 1104, 1131, 1187, 1223, 1271, 1273],
  wechat_nearby: [1026, 1028, 1029, 1052, 1092, 1169],
  wechat_moments: [1154, 1155],
};

/** Crawler, automation, remote debugging, load test. */
const NO_PERSON = new Set([1129, 1030, 1101, 1203]);

const SOURCE_OF = new Map(Object.entries(GROUPS).flatMap(([source, scenes]) => scenes.map((scene) => [scene, source] as const)));

/** The source a scene stands for; a number we do not know keeps its number. */
export const sourceOfScene = (scene: number): string => SOURCE_OF.get(scene) ?? `scene_${scene}`;

/** False for what the platform's machines do: it must not count as a visit. */
export const isPersonScene = (scene: number): boolean => !NO_PERSON.has(scene);

export const isLaunchScene = (scene: number): boolean => Number.isInteger(scene) && scene >= 1000 && scene <= 9999;

/** Every source this table can give, for the words of the console. */
export const launchSources = (): string[] => Object.keys(GROUPS);
