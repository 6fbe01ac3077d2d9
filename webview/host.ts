import type { WizardIntent } from '../src/contract/wizardIntent.ts';
import type { WizardState } from '../src/contract/wizardState.ts';

interface VSCodeApi {
  postMessage(message: WizardIntent): void;
  setState(state: object): void;
}

declare function acquireVsCodeApi(): VSCodeApi;

/** The page's line to the extension: intents up, whole states down. */
export interface Host {
  send(intent: WizardIntent): void;
  /** Calls back with each state that is newer than the last. */
  onState(listener: (state: WizardState) => void): void;
}

export function connectHost(): Host {
  const api = acquireVsCodeApi();
  // That there is a page to bring back after a reload; what it shows is kept by the host.
  api.setState({});
  return {
    send: (intent) => api.postMessage(intent),
    onState(listener) {
      let revision = -1;
      window.addEventListener('message', ({ data }: MessageEvent<WizardState>) => {
        if (typeof data.revision !== 'number' || data.revision < revision) return;
        revision = data.revision;
        listener(data);
      });
    },
  };
}
