// The launch: asked once, typed out for a big send, and never sent twice by a second click.
import { useI18n } from 'vue-i18n';
import { LaunchCampaignDocument } from '../../api/generated/graphql.ts';
import { useConfirm, type Question } from '../../composables/useConfirm.ts';
import { useMutation } from '../../composables/useMutation.ts';

/** Above this many people the merchant types the number, so that nobody launches a mass send by a slip. */
export const BIG_SEND = 1000;

/** What to ask before a launch that reaches so many people. */
export function launchQuestion(people: number, t: (key: string, named: Record<string, unknown>) => string): Question {
  const isBig = people > BIG_SEND;
  return {
    title: t('campaigns.launch.title', { n: people }),
    text: t(isBig ? 'campaigns.launch.bigText' : 'campaigns.launch.text', { n: people }),
    confirmLabel: t('campaigns.launch.button', {}),
    ...(isBig ? { typeToConfirm: String(people) } : {}),
  };
}

export function useLaunch() {
  const { t } = useI18n();
  const confirm = useConfirm();
  const launching = useMutation(LaunchCampaignDocument);
  /** True when it was launched. */
  async function launch(id: string, people: number): Promise<boolean> {
    if (launching.isBusy.value) return false;
    if (!(await confirm(launchQuestion(people, (key, named) => t(key, named))))) return false;
    return (await launching.run({ id })) !== undefined;
  }
  return { launch, isBusy: launching.isBusy, problem: launching.problem };
}
