/** See embedded-postgres.mjs. */
export interface EmbeddedPostgres {
  /** Address of the owner role, a superuser, on the database `huiliu`. */
  readonly url: string;
  readonly pid: number;
  /** True when a server was already running on that folder. */
  readonly adopted: boolean;
  /** Settles with a reason when the server process that we started ends. */
  readonly exited: Promise<string>;
  /** Stops the server; does nothing to one whose own starter still runs. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Folder for data, port, password and log; made when missing. */
  readonly dataRoot: string;
  /** Settings `name=value` that win over the tuned ones. */
  readonly flags?: readonly string[];
  /** False for throw-away clusters: no fsync. Default true. */
  readonly durable?: boolean;
  readonly log?: (line: string) => void;
}

export function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres>;
export function setDataFolderAside(dataRoot: string): string | undefined;
export class DatabaseProblem extends Error {}
