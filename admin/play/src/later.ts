// A component that is loaded when it is first needed: Vue's own helper weighs more than all this page does with it.
import { type Component, onMounted, shallowRef, type ShallowRef } from 'vue';

/** Empty until loaded. A failed load is tried once more, then the page does without. */
export function later(load: () => Promise<{ default: Component }>): ShallowRef<Component | undefined> {
  const component = shallowRef<Component>();
  const take = (loaded: { default: Component }): void => void (component.value = loaded.default);
  onMounted(() => void load().catch(load).then(take, () => undefined));
  return component;
}
