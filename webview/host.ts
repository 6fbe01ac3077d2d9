interface VSCodeApi {
  postMessage(message: object): void;
  setState(state: object): void;
}

declare function acquireVsCodeApi(): VSCodeApi;

/** The page's line to the extension: intents up, whole states down. */
export interface Host<State, Intent> {
  send(intent: Intent): void;
  /** Calls back with each state that is newer than the last. */
  onState(listener: (state: State) => void): void;
}

export function connectHost<
  State extends { readonly revision: number },
  Intent extends object,
>(): Host<State, Intent> {
  const api = acquireVsCodeApi();
  // That there is a page to bring back after a reload; what it shows is kept by the host.
  api.setState({});
  return {
    send: (intent) => api.postMessage(intent),
    onState(listener) {
      let revision = -1;
      window.addEventListener('message', ({ data }: MessageEvent<State>) => {
        if (typeof data.revision !== 'number' || data.revision < revision) return;
        revision = data.revision;
        listener(data);
      });
    },
  };
}
