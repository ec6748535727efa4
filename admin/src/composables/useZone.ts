// The time zone all instants are shown in: set once by whoever knows the tenant.
import { readonly, ref } from 'vue';

const zone = ref('Asia/Shanghai');

export const useZone = (): Readonly<typeof zone> => readonly(zone) as Readonly<typeof zone>;

export function setZone(name: string): void {
  zone.value = name;
}
