/** How a resource is called. */
export interface ResourceCalls {
  /** The address of the collection. */
  readonly url: string;
  /** What a client sends to make a row. */
  readonly body: object;
  /** What it sends to change one. */
  readonly change: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls the six routes of a resource, one after the other, and answers their statuses. */
export async function callSixRoutes({ url, body, change, headers = {} }: ResourceCalls): Promise<readonly number[]> {
  const statuses: number[] = [];
  const call = async (method: string, address: string, sent?: object) => {
    const response = await fetch(address, {
      method,
      headers: { ...headers, ...(sent && { 'content-type': 'application/json' }) },
      ...(sent && { body: JSON.stringify(sent) }),
    });
    statuses.push(response.status);
    const text = await response.text();
    return (text === '' ? {} : JSON.parse(text)) as { readonly id?: number };
  };
  const { id } = await call('POST', url, body);
  await call('GET', url);
  await call('GET', `${url}/${id}`);
  await call('PUT', `${url}/${id}`, body);
  await call('PATCH', `${url}/${id}`, change);
  await call('DELETE', `${url}/${id}`);
  return statuses;
}

/** What {@link callSixRoutes} answers when all is well. */
export const SIX_SUCCESSES: readonly number[] = [201, 200, 200, 200, 200, 204];
