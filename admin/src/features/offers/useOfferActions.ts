// Publishing and ending an offer: the questions asked before, and the owner's way over a blocking rule.
import { computed, type ComputedRef } from 'vue';
import { useI18n } from 'vue-i18n';
import { EndOfferDocument, PublishOfferDocument } from '../../api/generated/graphql.ts';
import type { Problem } from '../../api/problem.ts';
import { useConfirm, useQuestion } from '../../composables/useConfirm.ts';
import { useMutation } from '../../composables/useMutation.ts';
import { toast } from '../../composables/useToast.ts';
import { useSession } from '../../session.ts';

interface OfferFacts { id: string; name: string; lint: readonly { level: string }[] }
export type PublishPath = 'ask' | 'override' | 'blocked';

/** Clean: ask once. Blocked: only who may override, with a reason; anybody else fixes the offer first. */
export function publishPath(lint: readonly { level: string }[], mayOverride: boolean): PublishPath {
  if (!lint.some((finding) => finding.level === 'block')) return 'ask';
  return mayOverride ? 'override' : 'blocked';
}

export function useOfferActions(offer: () => OfferFacts | undefined): {
  publish: () => Promise<void>; end: () => Promise<void>; isBusy: ComputedRef<boolean>; problem: ComputedRef<Problem | undefined>;
} {
  const { t } = useI18n();
  const session = useSession();
  const confirm = useConfirm();
  const question = useQuestion();
  const publishing = useMutation(PublishOfferDocument);
  const ending = useMutation(EndOfferDocument);

  async function publish(): Promise<void> {
    const facts = offer();
    if (!facts) return;
    const path = publishPath(facts.lint, session.can('offer.override'));
    if (path === 'blocked') {
      toast(t('offers.fixFirst'), 'bad');
      return;
    }
    const reply = path === 'ask'
      ? await question({ title: t('offers.publishTitle', { name: facts.name }), text: t('offers.publishText'), confirmLabel: t('offers.publish') })
      : await question({ title: t('offers.overrideTitle'), text: t('offers.overrideText'), reasonLabel: t('offers.overrideReason'), confirmLabel: t('offers.overrideButton'), isDangerous: true });
    if (!reply.isConfirmed) return;
    if (await publishing.run({ id: facts.id, override: path === 'override' ? reply.reason : null })) toast(t('offers.published'));
  }

  async function end(): Promise<void> {
    const facts = offer();
    if (!facts) return;
    const isSure = await confirm({ title: t('offers.endTitle', { name: facts.name }), text: t('offers.endText'), confirmLabel: t('offers.end'), isDangerous: true });
    if (isSure && (await ending.run({ id: facts.id }))) toast(t('offers.ended'));
  }

  return {
    publish,
    end,
    isBusy: computed(() => publishing.isBusy.value || ending.isBusy.value),
    problem: computed(() => publishing.problem.value ?? ending.problem.value),
  };
}
