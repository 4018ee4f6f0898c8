/** Drafts for authorities and people: filled in, edited, approved, marked as sent. */
import { useSignal } from '@preact/signals';
import type { DutyDraft, DutyPage, DutyStage } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Chip } from '../../kit/chip.tsx';
import { now } from '../../kit/clock.ts';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { TextArea, TextField } from '../../kit/field.tsx';
import { MenuButton } from '../../kit/menu.tsx';
import { fullTime } from '../../kit/time.ts';
import { dutiesAddress, mayApprove, mayHandle } from './requests.ts';
import { words } from './words.ts';

const stages: readonly DutyStage[] = [
  'early-warning',
  'notification',
  'intermediate',
  'final',
  'authority',
  'people',
];
export type Change = (path: string, body: object, method?: 'POST' | 'PUT') => Promise<boolean>;

export function Drafts({ page, change }: { page: DutyPage; change: Change }) {
  const edited = useSignal<DutyDraft | undefined>(undefined);
  const sent = useSignal<DutyDraft | undefined>(undefined);
  return (
    <Card
      title={words('draft.title')}
      level={3}
      flush
      aside={
        mayHandle() ? (
          <MenuButton
            label={words('draft.make')}
            look="button button-plain button-small"
            items={stages.map((stage) => ({
              label: words(`stage.${stage}`),
              onChoose: () => void change('drafts', { stage }),
            }))}
          >
            {words('draft.make')}
          </MenuButton>
        ) : undefined
      }
    >
      {page.drafts.length === 0 ? (
        <p class="duty-nothing faint">{words('draft.none')}</p>
      ) : (
        <ul class="duty-rows">
          {page.drafts.toReversed().map((draft) => (
            <DraftRow
              key={draft.id}
              page={page}
              draft={draft}
              change={change}
              onEdit={() => {
                edited.value = draft;
              }}
              onSent={() => {
                sent.value = draft;
              }}
            />
          ))}
        </ul>
      )}
      {edited.value === undefined ? null : (
        <EditDialog
          draft={edited.value}
          change={change}
          onClose={() => {
            edited.value = undefined;
          }}
        />
      )}
      {sent.value === undefined ? null : (
        <SentDialog
          draft={sent.value}
          change={change}
          onClose={() => {
            sent.value = undefined;
          }}
        />
      )}
    </Card>
  );
}

function DraftRow(props: {
  page: DutyPage;
  draft: DutyDraft;
  change: Change;
  onEdit: () => void;
  onSent: () => void;
}) {
  const { page, draft, change } = props;
  const name = `${draft.title}, ${words('draft.version', { version: draft.version })}`;
  const isApproved = draft.approved?.version === draft.version;
  const file = (format: string) =>
    `${dutiesAddress(page.incident)}/drafts/${encodeURIComponent(draft.id)}/file?format=${format}`;
  return (
    <li class="duty-row">
      <div class="duty-row-main">
        <strong>{name}</strong>
        <span class="faint">{draft.to}</span>
        <div class="duty-chips">
          {draft.sent === undefined ? null : (
            <Chip tone="good" icon="check" title={draft.sent.proof}>
              {words('draft.sent', {
                time: fullTime(draft.sent.at, page.timeZone),
                channel: draft.sent.channel,
              })}
            </Chip>
          )}
          {isApproved && draft.approved !== undefined ? (
            <Chip tone="accent">{words('draft.approved', { by: draft.approved.by })}</Chip>
          ) : null}
          {draft.open.length === 0 ? null : (
            <Chip tone="medium" icon="note">
              {words('draft.open', { count: draft.open.length })}
            </Chip>
          )}
        </div>
      </div>
      <div class="duty-buttons">
        {mayHandle() && draft.sent === undefined ? (
          <Button size="small" label={words('draft.edit-of', { name })} onClick={props.onEdit}>
            {words('draft.edit')}
          </Button>
        ) : null}
        {mayApprove() && draft.sent === undefined && !isApproved ? (
          <Button
            size="small"
            disabled={draft.open.length > 0}
            label={words('draft.approve-of', { name })}
            onClick={() => void change(`drafts/${draft.id}/approve`, { version: draft.version })}
          >
            {words('draft.approve')}
          </Button>
        ) : null}
        {mayApprove() && draft.sent === undefined && isApproved ? (
          <Button
            size="small"
            look="primary"
            label={words('draft.mark-sent-of', { name })}
            onClick={props.onSent}
          >
            {words('draft.mark-sent')}
          </Button>
        ) : null}
        <a
          class="button button-quiet button-small"
          href={file('pdf')}
          download=""
          aria-label={words('draft.pdf-of', { name })}
        >
          PDF
        </a>
        <a
          class="button button-quiet button-small"
          href={file('json')}
          download=""
          aria-label={words('draft.json-of', { name })}
        >
          JSON
        </a>
      </div>
    </li>
  );
}

function EditDialog({ draft, change, onClose }: { draft: DutyDraft; change: Change; onClose: () => void }) {
  const fields = useSignal<Record<string, string>>(
    Object.fromEntries(draft.fields.map(({ id, text }) => [id, text])),
  );
  const busy = useSignal(false);
  const save = async () => {
    busy.value = true;
    const isDone = await change(`drafts/${draft.id}`, { base: draft.version, fields: fields.value }, 'PUT');
    busy.value = false;
    if (isDone) onClose();
  };
  return (
    <Dialog title={draft.title} size="wide" onClose={onClose}>
      <div class="duty-form">
        {draft.fields.map(({ id, title }) => (
          <TextArea
            key={id}
            label={title}
            rows={3}
            maxLength={8_000}
            value={fields.value[id] ?? ''}
            onInput={(value) => {
              fields.value = { ...fields.value, [id]: value };
            }}
          />
        ))}
        <DialogActions onCancel={onClose}>
          <Button look="primary" busy={busy.value} onClick={() => void save()}>
            {words('draft.save')}
          </Button>
        </DialogActions>
      </div>
    </Dialog>
  );
}

function SentDialog({ draft, change, onClose }: { draft: DutyDraft; change: Change; onClose: () => void }) {
  const channel = useSignal('');
  const proof = useSignal('');
  const send = async () => {
    const body = { at: Math.floor(now.value), channel: channel.value, proof: proof.value };
    if (await change(`drafts/${draft.id}/sent`, body)) onClose();
  };
  return (
    <Dialog title={words('draft.mark-sent')} onClose={onClose}>
      <div class="duty-form">
        <TextField
          label={words('draft.channel')}
          value={channel.value}
          required
          onInput={(value) => {
            channel.value = value;
          }}
        />
        <TextArea
          label={words('draft.proof')}
          hint={words('draft.proof-hint')}
          value={proof.value}
          required
          onInput={(value) => {
            proof.value = value;
          }}
        />
        <DialogActions onCancel={onClose}>
          <Button
            look="primary"
            disabled={channel.value.trim().length < 2 || proof.value.trim().length < 2}
            onClick={() => void send()}
          >
            {words('draft.mark-sent')}
          </Button>
        </DialogActions>
      </div>
    </Dialog>
  );
}
