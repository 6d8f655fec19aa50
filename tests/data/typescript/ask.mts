// Asks the API with the types that are generated from its description: node ask.mjs URL KEY
import type { components, operations } from "./tokstack.js";

declare const process: { argv: string[] };

type Operation = keyof operations;
type Query<Name extends Operation> = operations[Name]["parameters"]["query"];
type Answer<Name extends Operation> = operations[Name]["responses"] extends {
  200: { content: { "application/json": infer Body } };
}
  ? Body
  : never;

const [, , url, key] = process.argv as [string, string, string, string];

async function ask<Name extends Operation>(_: Name, path: string, query: Query<Name>): Promise<Answer<Name>> {
  const given = Object.entries(query ?? {}).map(([name, value]): [string, string] => [name, String(value)]);
  const answer = await fetch(`${url}${path}?${new URLSearchParams(given)}`, { headers: { "x-api-key": key } });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json() as Promise<Answer<Name>>;
}

// @ts-expect-error: it is no order that the description knows
const unknown: Query<"library"> = { sortBy: "beauty" };

const page = await ask("library", "/v1/tiktok/library", { type: "ad", sortBy: "views", limit: 3 });
const items: components["schemas"]["ItemData"][] = page.data;
const views: (number | null)[] = items.map((item) => item.metrics.views);
const post = await ask("statistic", "/api/tiktok/statistic", { url: "7710036254897389660" });
const likes: number | null = post.data.total_like;
const usage = await ask("usage", "/v1/usage", undefined);
const left: number = usage.data.creditsRemaining;

console.log(JSON.stringify({ views, likes, left }));
