/** Requests to our own server, with the CSRF header and a time limit. */

export class HttpError extends Error {
  constructor(readonly status: number) {
    super(`HTTP ${status}`);
  }

  get signedOut(): boolean {
    return this.status === 401 || this.status === 403;
  }
}

export interface RequestOptions {
  method?: string;
  body?: unknown;
  timeout?: number;
  headers?: Record<string, string>;
  /** Lets the request outlive the page. */
  keepalive?: boolean;
  /** Statuses that are answers to read, not errors. */
  expected?: readonly number[];
}

export function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

export async function request(url: string, options: RequestOptions = {}): Promise<Response> {
  const headers: Record<string, string> = {
    Accept: "application/json",
    "X-CSRF-Token": csrfToken(),
    ...options.headers,
  };
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  const response = await fetch(url, {
    method: options.method ?? "GET",
    headers,
    body: options.body === undefined ? null : JSON.stringify(options.body),
    keepalive: options.keepalive ?? false,
    credentials: "same-origin",
    // A redirect would be the sign-in page: its HTML is never what was asked for.
    redirect: "manual",
    signal: AbortSignal.timeout(options.timeout ?? 10_000),
  });
  if (response.type === "opaqueredirect") throw new HttpError(401);
  if (!response.ok && !options.expected?.includes(response.status)) throw new HttpError(response.status);
  return response;
}

export async function getJson<T>(url: string, options: RequestOptions = {}): Promise<T> {
  return (await (await request(url, options)).json()) as T;
}
