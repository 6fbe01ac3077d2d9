/** The app registration whose secrets are meant. */
export interface AppRef {
  readonly tenantId: string;
  /** The application's object id: not its client id, not its service principal's id. */
  readonly objectId: string;
}

/** A client secret as everybody may see it: Azure shows its value only in the answer that makes it. */
export interface AppKey {
  readonly keyId: string;
  readonly displayName?: string;
  /** ISO 8601. */
  readonly startDateTime: string;
  readonly endDateTime: string;
  /** The first three characters of the value. */
  readonly hint?: string;
}

/** Client secrets of an app registration. Every method rejects with a SetupError. */
export interface AppSecrets {
  list(app: AppRef, signal: AbortSignal): Promise<readonly AppKey[]>;
  /** One call. The value is in this answer and never again. */
  add(
    app: AppRef,
    wanted: { readonly displayName: string; readonly endDateTime: string },
    signal: AbortSignal,
  ): Promise<{ readonly key: AppKey; readonly value: string }>;
  /** A key that is gone already has been removed. */
  remove(app: AppRef, keyId: string, signal: AbortSignal): Promise<void>;
}

/** What a stored secret belongs to. */
export interface HeldKey {
  readonly projectId: string;
  readonly keyId: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly endDateTime: string;
}

/** Where this machine keeps secrets: VS Code's SecretStorage, a file of mode 0600. */
export interface SecretHolder {
  /** What the record calls it, for colleagues: the machine's name, no path, no account. */
  readonly name: string;
  has(projectId: string, keyId: string): Promise<boolean>;
  /** The value is safe when this resolves. */
  put(key: HeldKey, value: string): Promise<void>;
  /** Forgets what it holds for a project, whose app is gone. */
  forget(projectId: string): Promise<void>;
}

/** What a run needs besides when it registers an app. */
export interface SecretPorts {
  readonly appSecrets: AppSecrets;
  readonly holder: SecretHolder;
}
