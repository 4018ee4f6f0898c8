import './awareness.css';
import { useSignal } from '@preact/signals';
import type { AwarenessOverview, CampaignRow, LearnerRow } from '../../../cloud/api/contract.ts';
import { Button, IconButton } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Chip } from '../../kit/chip.tsx';
import { Icon } from '../../kit/icons.tsx';
import { ExactTime } from '../../kit/relative-time.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { say } from '../../kit/toast.tsx';
import { useAskedAgain } from '../asked-again.ts';
import { deskZone } from '../live/desk-state.ts';
import { reasonOf } from '../loaded.ts';
import { ApproveDialog } from './approve-dialog.tsx';
import {
  draftCampaign,
  endCampaign,
  fetchAwareness,
  mayApprove,
  mayDraft,
  mayInvite,
  removeLearner,
} from './awareness-requests.ts';
import { InviteDialog } from './invite-dialog.tsx';
import { words } from './words.ts';

/** Warnings to the public, and what staff have learnt. */
export function AwarenessPage() {
  const [overview, ask] = useAskedAgain(fetchAwareness);
  const held = overview.value;
  return (
    <div class="awareness">
      <header class="page-header">
        <h1>{words('awareness.title')}</h1>
        <p class="soft">{words('awareness.about')}</p>
      </header>
      {held.state === 'loading' ? (
        <Skeleton lines={[120, 160, 240]} />
      ) : held.state === 'failed' ? (
        <ErrorState message={held.message} onRetry={ask} />
      ) : (
        <Overview overview={held.value} onChanged={ask} />
      )}
    </div>
  );
}

/** Does it, says what went wrong, and asks anew. */
const doing = (work: Promise<unknown>, onChanged: () => void) =>
  void work.then(onChanged, (error: unknown) => say(reasonOf(error).message, 'critical'));

function Overview({ overview, onChanged }: { overview: AwarenessOverview; onChanged: () => void }) {
  const approving = useSignal<CampaignRow | undefined>(undefined);
  const isInviting = useSignal(false);
  const { suggestions, campaigns, learners, lessons = [], sites, retentionDays } = overview;
  return (
    <>
      {overview.lessons === undefined ? (
        <p class="soft">{words('awareness.not-built')}</p>
      ) : (
        <a class="link" href="/learn/">
          {words('awareness.site')}
        </a>
      )}
      <Card title={words('awareness.suggested')} labelledBy="suggested">
        {suggestions.length === 0 ? (
          <p class="soft">{words('awareness.suggested-none')}</p>
        ) : (
          <ul class="awareness-list">
            {suggestions.map(({ incident, incidentTitle, text, waits }) => (
              <li key={incident}>
                <div class="awareness-words">
                  <a class="link" href={`#/incidents/${encodeURIComponent(incident)}`}>
                    {incidentTitle}
                  </a>
                  <p>{text.en}</p>
                  {waits === undefined ? null : (
                    <Chip tone="medium" icon="clock">
                      {words('awareness.waits')}
                    </Chip>
                  )}
                </div>
                {mayDraft() ? (
                  <Button onClick={() => doing(draftCampaign(incident), onChanged)}>
                    {words('awareness.draft')}
                  </Button>
                ) : null}
              </li>
            ))}
          </ul>
        )}
      </Card>
      <Card title={words('awareness.campaigns')} labelledBy="campaigns">
        {campaigns.length === 0 ? (
          <EmptyState icon="bell" title={words('awareness.campaigns-none')}>
            {words('awareness.campaigns-none-text')}
          </EmptyState>
        ) : (
          <ul class="awareness-list">
            {campaigns.map((one) => (
              <Campaign
                key={one.id}
                campaign={one}
                onApprove={() => {
                  approving.value = one;
                }}
                onChanged={onChanged}
              />
            ))}
          </ul>
        )}
      </Card>
      <Card
        title={words('awareness.staff')}
        labelledBy="staff"
        aside={
          mayInvite() ? (
            <Button
              size="small"
              icon="plus"
              onClick={() => {
                isInviting.value = true;
              }}
            >
              {words('awareness.invite')}
            </Button>
          ) : undefined
        }
      >
        <p class="soft">{words('awareness.staff-about', { days: retentionDays })}</p>
        {learners.length === 0 ? (
          <EmptyState icon="person" title={words('awareness.staff-none')}>
            {words('awareness.staff-none-text')}
          </EmptyState>
        ) : (
          <ul class="awareness-list">
            {learners.map((one) => (
              <Learner key={one.id} learner={one} lessons={lessons} onChanged={onChanged} />
            ))}
          </ul>
        )}
      </Card>
      {approving.value === undefined ? null : (
        <ApproveDialog
          campaign={approving.value}
          onDone={onChanged}
          onClose={() => {
            approving.value = undefined;
          }}
        />
      )}
      {isInviting.value ? (
        <InviteDialog
          sites={sites}
          onDone={onChanged}
          onClose={() => {
            isInviting.value = false;
          }}
        />
      ) : null}
    </>
  );
}

const tones = { draft: 'medium', public: 'good', ended: 'neutral' } as const;

function Campaign(props: { campaign: CampaignRow; onApprove: () => void; onChanged: () => void }) {
  const { id, state, text, until, madeBy, approvedBy } = props.campaign;
  return (
    <li>
      <div class="awareness-words">
        <p>{text.en}</p>
        <p class="awareness-facts faint">
          <Chip tone={tones[state]}>{words(`awareness.state.${state}`)}</Chip>
          <span>
            {approvedBy === undefined
              ? words('awareness.made', { name: madeBy })
              : words('awareness.approved', { name: approvedBy })}
          </span>
          {until === undefined ? null : <ExactTime at={until} timeZone={deskZone.value} />}
        </p>
      </div>
      {mayApprove() && state !== 'ended' ? (
        <div class="awareness-actions">
          {state === 'draft' ? (
            <Button look="primary" onClick={props.onApprove}>
              {words('awareness.approve')}
            </Button>
          ) : null}
          <Button look="quiet" onClick={() => doing(endCampaign(id), props.onChanged)}>
            {state === 'draft' ? words('awareness.discard') : words('awareness.end')}
          </Button>
        </div>
      ) : null}
    </li>
  );
}

function Learner(props: {
  learner: LearnerRow;
  lessons: NonNullable<AwarenessOverview['lessons']>;
  onChanged: () => void;
}) {
  const { id, name, siteName, invitationUntil } = props.learner;
  const done = new Set(props.learner.done);
  const where =
    siteName ?? (invitationUntil === undefined ? words('awareness.account') : words('awareness.everywhere'));
  return (
    <li>
      <div class="awareness-words">
        <strong>{name}</strong>
        <span class="faint">{where}</span>
      </div>
      <div class="awareness-progress">
        <span class="soft">
          {words('awareness.done-count', {
            done: props.lessons.filter((one) => done.has(one.id)).length,
            count: props.lessons.length,
          })}
        </span>
        <ul class="awareness-lessons">
          {props.lessons.map((one) => {
            const is = done.has(one.id)
              ? words('awareness.lesson-done', { title: one.title })
              : words('awareness.lesson-open', { title: one.title });
            return (
              <li key={one.id} class={done.has(one.id) ? 'is-done' : ''} title={is}>
                {done.has(one.id) ? <Icon name="check" size={12} /> : null}
                <span class="visually-hidden">{is}</span>
              </li>
            );
          })}
        </ul>
      </div>
      {mayInvite() ? (
        <IconButton
          icon="close"
          label={words('awareness.remove', { name })}
          onClick={() => doing(removeLearner(id), props.onChanged)}
        />
      ) : null}
    </li>
  );
}
