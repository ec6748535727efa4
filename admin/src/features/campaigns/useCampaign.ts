// One campaign as its page shows it: numbers that move while it runs, and the switches.
import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import {
  CampaignDocument, CampaignProgressDocument, CampaignReportDocument, CancelCampaignDocument, DeleteDraftCampaignDocument, DuplicateCampaignDocument,
  PauseCampaignDocument, ResumeCampaignDocument,
} from '../../api/generated/graphql.ts';
import { useConfirm } from '../../composables/useConfirm.ts';
import { useMutation } from '../../composables/useMutation.ts';
import { usePolling } from '../../composables/usePolling.ts';
import { useQuery } from '../../composables/useQuery.ts';
import { toast } from '../../composables/useToast.ts';
import { actionsOf, isRunning } from './report.ts';

const PROGRESS_MS = 1_500;
const REPORT_MS = 5_000;

export function useCampaign(id: () => string) {
  const { t } = useI18n();
  const confirm = useConfirm();
  const query = useQuery(CampaignDocument, () => ({ id: id() }));
  const isLaunched = computed(() => query.data.value !== undefined && query.data.value.campaign.state !== 'draft');
  const progress = useQuery(CampaignProgressDocument, () => ({ id: id() }), { pause: () => !isLaunched.value });
  const report = useQuery(CampaignReportDocument, () => ({ id: id() }), { pause: () => !isLaunched.value });
  // The progress answer is the newer of the two: it is what the polling asks for.
  const state = computed(() => progress.data.value?.campaign.state ?? query.data.value?.campaign.state ?? 'draft');
  const stateReason = computed(() => progress.data.value?.campaign.stateReason ?? query.data.value?.campaign.stateReason);
  const numbers = computed(() => progress.data.value?.campaign.progress ?? query.data.value?.campaign.progress);
  usePolling(progress.refetch, PROGRESS_MS, () => isRunning(state.value));
  // People come back after the last message too: the report keeps moving while the page is open.
  usePolling(report.refetch, REPORT_MS, isLaunched);

  const pause = useMutation(PauseCampaignDocument);
  const resume = useMutation(ResumeCampaignDocument);
  const cancel = useMutation(CancelCampaignDocument);
  const duplicate = useMutation(DuplicateCampaignDocument);
  const remove = useMutation(DeleteDraftCampaignDocument);
  const all = [pause, resume, cancel, duplicate, remove];

  async function switchTo(mutation: typeof pause | typeof resume | typeof cancel, done: string): Promise<void> {
    const answer = await mutation.run({ id: id() });
    progress.refetch();
    report.refetch();
    if (answer) toast(t(done));
  }
  const ask = (what: 'cancel' | 'remove'): Promise<boolean> =>
    confirm({ title: t(`campaigns.actions.${what}Title`), text: t(`campaigns.actions.${what}Text`), confirmLabel: t(`campaigns.actions.${what}`), cancelLabel: t('campaigns.actions.keep'), isDangerous: true });

  return {
    query, report, state, stateReason, numbers, isLaunched,
    can: computed(() => actionsOf(state.value)),
    isBusy: computed(() => all.some((one) => one.isBusy.value)),
    problem: computed(() => all.map((one) => one.problem.value).find((one) => one !== undefined)),
    pause: () => switchTo(pause, 'campaigns.actions.paused'),
    resume: () => switchTo(resume, 'campaigns.actions.resumed'),
    cancel: async () => void ((await ask('cancel')) && (await switchTo(cancel, 'campaigns.actions.cancelled'))),
    /** The copy's id, or undefined. */
    duplicate: async () => (await duplicate.run({ id: id() }))?.duplicateCampaign.id,
    /** True when the draft is gone. */
    remove: async () => (await ask('remove')) && (await remove.run({ id: id() })) !== undefined,
  };
}
