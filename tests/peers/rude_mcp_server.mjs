// A plug-in server that behaves as badly as its argument says: silent, dying, flood, late, deaf.
import process from "node:process";
const how = process.argv[2];
const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: "2.0", ...message }) + "\n");
if (how === "dying") {
  process.stderr.write("no licence\n");
  process.exit(7);
}
if (how === "flood") {
  const piece = "x".repeat(1 << 20);
  const pour = () => { while (process.stdout.write(piece)); };
  process.stdout.on("drain", pour);
  pour();
}
let rest = "";
process.stdin.on("data", (bytes) => {
  if (how === "silent" || how === "flood") return;
  rest += bytes;
  for (let end; (end = rest.indexOf("\n")) >= 0; rest = rest.slice(end + 1)) {
    const message = JSON.parse(rest.slice(0, end));
    if (message.method === "initialize")
      send({ id: message.id, result: { protocolVersion: message.params.protocolVersion, capabilities: { tools: {} },
                                       serverInfo: { name: how, version: "1" } } });
    if (message.method === "tools/list")
      send({ id: message.id, result: { tools: [{ name: "wait", description: "Waits.", inputSchema: { type: "object" },
                                                 annotations: { readOnlyHint: true } }] } });
    // "late" never answers a call
  }
});
