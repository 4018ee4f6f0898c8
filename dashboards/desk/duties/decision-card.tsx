/** One law's questions, one after the other, each answered with a reason. */
import { useSignal } from '@preact/signals';
import type { DutyAnswer, DutyDecision, DutyPage } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Chip } from '../../kit/chip.tsx';
import { TextArea } from '../../kit/field.tsx';
import { fullTime } from '../../kit/time.ts';
import { mayHandle } from './requests.ts';
import { words } from './words.ts';

export function DecisionCard(props: {
  page: DutyPage;
  decision: DutyDecision;
  onDecide: (answers: DutyAnswer[]) => Promise<boolean>;
}) {
  const { page, decision } = props;
  const isAnew = useSignal(false);
  const reason = useSignal('');
  const questions = page.questions[decision.regime];
  const given = isAnew.value ? [] : decision.answers;
  const next = isAnew.value ? questions[0]?.id : decision.next;
  const asked = questions.find(({ id }) => id === next);
  const answer = async (word: 'yes' | 'no') => {
    if (asked === undefined) return;
    const done = await props.onDecide([...given, { question: asked.id, answer: word, reason: reason.value }]);
    if (!done) return;
    reason.value = '';
    isAnew.value = false;
  };
  return (
    <Card title={words(`decide.${decision.regime}`)} level={3}>
      <div class="duty-decision">
        <p>
          <Chip
            tone={decision.duty === 'open' ? 'medium' : decision.duty === 'none' ? 'neutral' : 'high'}
            icon={decision.duty === 'open' ? 'clock' : 'check'}
          >
            {words(`duty.${decision.duty}`)}
          </Chip>
        </p>
        {given.length === 0 ? null : (
          <ol class="duty-answers">
            {given.map((one) => (
              <li key={one.question}>
                <span>{questions.find(({ id }) => id === one.question)?.text}</span>{' '}
                <strong>{words(`decide.${one.answer}`)}</strong>
                <span class="duty-reason">{one.reason}</span>
              </li>
            ))}
          </ol>
        )}
        {asked === undefined || !mayHandle() ? null : (
          <fieldset class="duty-question">
            <legend>{asked.text}</legend>
            <p class="faint">
              {asked.help} ({asked.section})
            </p>
            <TextArea
              label={words('decide.reason')}
              value={reason.value}
              rows={2}
              maxLength={1_000}
              required
              onInput={(value) => {
                reason.value = value;
              }}
            />
            <div class="duty-buttons">
              {(['yes', 'no'] as const).map((word) => (
                <Button
                  key={word}
                  look={word === 'yes' ? 'primary' : 'plain'}
                  disabled={reason.value.trim().length < 3}
                  onClick={() => void answer(word)}
                >
                  {words(`decide.${word}`)}
                </Button>
              ))}
            </div>
          </fieldset>
        )}
        {decision.at === undefined || decision.by === undefined ? null : (
          <p class="faint duty-foot">
            <span>{words('decide.by', { by: decision.by, time: fullTime(decision.at, page.timeZone) })}</span>
            {mayHandle() && !isAnew.value ? (
              <Button
                size="small"
                look="quiet"
                onClick={() => {
                  isAnew.value = true;
                }}
              >
                {words('decide.again')}
              </Button>
            ) : null}
          </p>
        )}
      </div>
    </Card>
  );
}
