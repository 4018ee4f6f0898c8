import { Switch } from '../../kit/field.tsx';
import { allow, forget, remembers } from './device.ts';
import { plain, T } from './words.tsx';

/** Consent, and taking it back. */
export function Privacy() {
  return (
    <div class="consent">
      <Switch
        label={plain('privacy.remember')}
        on={remembers.value}
        onChange={(on) => {
          if (on) allow();
          else void forget();
        }}
      />
      <p class="soft" role="status">
        {remembers.value ? <T k="privacy.on" /> : <T k="privacy.off" />}
      </p>
    </div>
  );
}
