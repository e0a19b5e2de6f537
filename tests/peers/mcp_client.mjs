// Talks to `culprit mcp` with the protocol's own SDK: node mcp_client.mjs PROGRAM ARGS… prints one line a step.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";

const [command, ...args] = process.argv.slice(2);
const client = new Client({ name: "tester", version: "1.0.0" });
await client.connect(new StdioClientTransport({ command, args }));
const say = (step, value) => console.log(`${step}: ${JSON.stringify(value)}`);

say("server", client.getServerVersion().name);
const { tools } = await client.listTools();
say("tools", tools.length);
const grep = tools.find((tool) => tool.name === "grep");
say("grep reads only", grep.annotations.readOnlyHint);
const found = await client.callTool({ name: "grep", arguments: { pattern: "Resolve" } });
say("grep", [found.isError, found.content[0].text.includes("Resolve"), typeof found.structuredContent]);
const told = [];
await client.callTool({ name: "find_symbol", arguments: { name: "Resolve" } }, undefined,
  { onprogress: (progress) => told.push(progress.message) });
say("progress", told);
const wrong = await client.callTool({ name: "grep", arguments: {} });
say("wrong arguments", [wrong.isError, wrong.content[0].text.includes("pattern")]);
const none = await client.callTool({ name: "nonsense", arguments: {} }).catch((error) => error.code);
say("unknown tool", none);
const many = await Promise.all(
  Array.from({ length: 8 }, () => client.callTool({ name: "list_files", arguments: {} })));
say("side by side", many.every((each) => !each.isError));
const stop = new AbortController();
const stopped = client.callTool({ name: "grep", arguments: { pattern: "." } }, undefined, { signal: stop.signal });
stop.abort();
say("cancelled", await stopped.then(() => "no", () => "yes"));
say("still there", (await client.ping(), true));
await client.close();
