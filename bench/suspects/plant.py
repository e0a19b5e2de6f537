"""Makes a changed copy of the sample (samples/order-pipeline/before): 10 to 40 innocent edits, and one slow change or none.

    plant.py SEED OUT [--refactor]      prints {"seed", "plant", "truth": [symbols], "edits": [...]}

Innocent edits are what people do between two releases: locals, methods, fields and types renamed, files and members
moved, code pulled out into methods or put back, guards, comments, unused code, edits of code that runs once. `truth` is
what a reader of the diff would name: the member that was made slow, and helpers that came with it.
"""
import argparse
import json
import pathlib
import random
import re

HERE = pathlib.Path(__file__).resolve().parent
BASE = HERE / "../../samples/order-pipeline/before"
NS = "OrderPipeline."


class Tree:
    def __init__(self, folder):
        self.files = {str(p.relative_to(folder)): p.read_text() for p in sorted(folder.rglob("*.cs"))}
        self.truth = []

    def file_of(self, text):
        return next((f for f, t in self.files.items() if text in t), None)

    def replace(self, old, new):
        """The one place that reads so; False if there is none."""
        file = self.file_of(old)
        if not file:
            return False
        self.files[file] = self.files[file].replace(old, new, 1)
        return True

    def add_using(self, anchor, namespace):
        file = self.file_of(anchor)
        if f"using {namespace};" not in self.files[file]:
            self.files[file] = f"using {namespace};\n" + self.files[file]

    def rename(self, old, new):
        for file, text in self.files.items():
            self.files[file] = re.sub(rf"(?<![\w\"]){re.escape(old)}\b", new, text)
        self.truth = [re.sub(rf"\b{re.escape(old)}\b", new, t) for t in self.truth]
        return True


# ---- slow changes: (name, truth, edit) ----

def swap(old, new, *usings):
    def edit(tree, rng):
        for using in usings:
            tree.add_using(old, using)
        return tree.replace(old, new)
    return edit


def helper(call_old, call_new, before, method, *usings):
    """A call of a new method, which is put in front of `before`."""
    def edit(tree, rng):
        for using in usings:
            tree.add_using(before, using)
        return tree.replace(call_old, call_new) and tree.replace(before, method + before)
    return edit


PLANTS = [
    ("linear scan", ["Pricing.CatalogIndex.Resolve"],
     swap("return _bySku.TryGetValue(sku, out CatalogItem? item) ? item : null;",
          "foreach (CatalogItem item in Items)\n            if (string.Equals(item.Sku, sku, StringComparison.OrdinalIgnoreCase))\n"
          "                return item;\n        return null;")),
    ("text built by concatenation", ["Audit.AuditTrail.Format"],
     swap('        foreach (OrderLine line in order.Lines)\n        {\n            into[at..].TryWrite(CultureInfo.InvariantCulture,\n'
          '                $" [{line.Sku} x{line.Quantity} @{line.UnitCents}]", out int wrote);\n            at += wrote;\n        }\n',
          '        string all = "";\n        foreach (OrderLine line in order.Lines)\n'
          '            all += string.Format(CultureInfo.InvariantCulture, " [{0,-24} x{1,12:N2} @{2,16:C}]", line.Sku, line.Quantity, line.UnitCents).Replace(" ", "");\n'
          '        all.AsSpan().CopyTo(into[at..]);\n        at += all.Length;\n')),
    ("buffer no longer pooled", ["Export.BatchExporter.Flush"],
     lambda tree, rng: tree.replace("byte[] frame = ArrayPool<byte>.Shared.Rent(FrameBytes);", "byte[] frame = new byte[FrameBytes * 8];")
     and tree.replace("            ArrayPool<byte>.Shared.Return(frame);", "            Checksum |= 1;")),
    ("one lock for all", ["Inventory.StockLedger.Reserve"],
     swap("lock (_stripes[line.CatalogId % Stripes])\n                missing += TakeLine(line);\n            SealLine(line.CatalogId);",
          "lock (_stripes)\n            {\n                missing += TakeLine(line);\n                SealLine(line.CatalogId);\n            }")),
    ("more rounds", ["Inventory.StockLedger.SealLine"], swap("round < 64", "round < 200")),
    ("expression built on each call", ["Validation.OrderValidator.IsWellFormed"],
     swap("if (sku.Length != 11 || sku[2] != '-' || sku[9] != '-')",
          'if (!System.Text.RegularExpressions.Regex.IsMatch(sku, "^[A-Z]{2}-[0-9]{6}-[A-Z]$"))')),
    ("text instead of bytes", ["Ingest.WireParser.Intern"],
     swap("        var hash = new HashCode();\n        hash.AddBytes(token);\n        int key = hash.ToHashCode();",
          "        string read = string.Join('-', Encoding.UTF8.GetString(token).Normalize().ToUpperInvariant().Split('-', '*'));\n"
          "        int key = read.GetHashCode(StringComparison.InvariantCultureIgnoreCase);", "System")),
    ("a copy for each field", ["Ingest.WireParser.Parse"],
     swap("            ReadOnlySpan<byte> token = bar < 0 ? wire : wire[..bar];\n",
          "            byte[] rest = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(wire).Normalize());\n            Array.Sort((byte[])rest.Clone());\n"
          "            ReadOnlySpan<byte> token = rest.AsSpan(0, bar < 0 ? rest.Length : bar);\n")),
    ("looked up again and again", ["Pricing.PriceCalculator.Price"],
     swap("            CatalogItem? item = _catalog.Resolve(lines[i].Sku);\n",
          "            CatalogItem? item = null;\n            for (int attempt = 0; attempt < 12; attempt++)\n"
          "                item = _catalog.Resolve(lines[i].Sku);\n")),
    ("sorted on each call", ["Pricing.PriceCalculator.Shipping"],
     swap("        foreach (ref readonly OrderLine line in lines)\n            grams += 40L * line.Quantity;",
          "        OrderLine[] heaviest = lines.ToArray();\n        Array.Sort(heaviest, (x, y) => string.CompareOrdinal(y.Sku, x.Sku));\n"
          "        foreach (OrderLine line in heaviest)\n            grams += 40L * line.Quantity;")),
    ("a snapshot of each order", ["WorkerPump.Process", "WorkerPump.Snapshot"],
     helper("        _pricing.Price(order);\n", "        Snapshot(order);\n        _pricing.Price(order);\n",
            "    private void Process(byte[] wire)",
            "    private string _last = \"\";\n\n    private void Snapshot(Order order)\n    {\n"
            "        var text = new System.Text.StringBuilder();\n        foreach (OrderLine line in order.Lines)\n"
            "            text.AppendFormat(\"{0,-20}{1,8:N0}{2,10:X}\", line.Sku, line.Quantity, line.CatalogId);\n"
            "        _last = text.ToString();\n    }\n\n")),
    ("division in the inner loop", ["Export.BatchExporter.Sum"],
     swap("            a += value;\n            b += a;\n",
          "            a = (a + value) % 4294967291;\n            b = (b + a) % 4294967291;\n            b = (b * 31 + a) % 4294967279;\n"
          "            for (ulong rest = b; rest > 0; rest /= 10)\n                a ^= rest % 10;\n")),
    ("digest by characters", ["Audit.AuditTrail.Fold"],
     swap("            hash = (hash ^ c) * 1099511628211UL;",
          "            for (int bit = 0; bit < 16; bit++)\n                hash = ((hash ^ (ulong)((c >> bit) & 1)) * 1099511628211UL) % 18446744073709551557UL;")),
    ("list made anew", ["Model.Order.Reset"],
     swap("        Lines.Clear();\n", "        Lines.Clear();\n        Lines.TrimExcess();\n        Lines.EnsureCapacity(4096);\n        Lines.Capacity = 1;\n")),
    ("more warehouses", ["Program.Main"], swap("warehouses: 6", "warehouses: 20")),
    ("a poor hash", ["Pricing.CatalogIndex.CatalogIndex", "Pricing.SkuComparer", "Pricing.SkuComparer.GetHashCode",
                     "Pricing.SkuComparer.Equals"],
     helper("items.Count, StringComparer.OrdinalIgnoreCase)", "items.Count, new SkuComparer())",
            "/// <summary>Read-only product catalog",
            "internal sealed class SkuComparer : IEqualityComparer<string>\n{\n"
            "    public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.OrdinalIgnoreCase);\n"
            "    public int GetHashCode(string sku) => sku.Length * 31 + sku[0];\n}\n\n")),
    ("each line against each", ["Validation.OrderValidator.Validate"],
     swap("            if (!IsWellFormed(lines[i].Sku))\n",
          "            for (int other = 0; other < lines.Count; other++)\n"
          "                if (other != i && string.Compare(lines[i].Sku, lines[other].Sku.Normalize().ToUpperInvariant(), StringComparison.InvariantCultureIgnoreCase) == 0)\n"
          "                    break;\n            if (!IsWellFormed(lines[i].Sku))\n")),
    ("all stock recounted", ["Inventory.StockLedger.TakeLine"],
     swap("        int wanted = line.Quantity;\n",
          "        int wanted = line.Quantity;\n        long held = 0;\n        for (int i = 0; i < _onHand.Length; i += 4)\n"
          "            held += _onHand[i];\n        if (held < 0)\n            return wanted;\n")),
    ("label for each count", ["Telemetry.Throughput.Accepted"],
     swap("        _slots[worker].Accepted++;\n",
          "        _slots[worker].Accepted++;\n        string label = string.Join('.', \"orders\", worker.ToString(\"D4\", CultureInfo.InvariantCulture),\n            DateTime.Now.ToString(\"F\", CultureInfo.GetCultureInfo(\"\")), lines.ToString(\"N4\", CultureInfo.InvariantCulture),\n"
          "            DateTime.UtcNow.ToString(\"O\", CultureInfo.InvariantCulture));\n        if (label.Length == 0)\n            return;\n")),
    ("message copied twice", ["Ingest.OrderFeed.Next"],
     swap("        _cursor = (_cursor + 1) % _ring.Length;\n        return message;",
          "        _cursor = (_cursor + 1) % _ring.Length;\n        string text = Encoding.ASCII.GetString(message).Normalize().ToLowerInvariant().ToUpperInvariant();\n"
          "        return Encoding.ASCII.GetBytes(text.Replace(\"||\", \"|\").Trim());")),
]


# ---- innocent edits ----

def methods_of(text):
    """(start of head, start of body, end) of the members with a block body, by brackets."""
    found = []
    for head in re.finditer(r"^    (?:public|private|internal)[^;={}]*?(\w+)\([^;{}]*\)\s*\n    \{\n", text, re.M):
        depth, at = 0, text.index("{", head.end() - 2)
        for i in range(at, len(text)):
            depth += {"{": 1, "}": -1}.get(text[i], 0)
            if depth == 0:
                found.append((head.start(), at, i + 1, head.group(1)))
                break
    return found


def pick_method(tree, rng):
    file = rng.choice([f for f, t in tree.files.items() if methods_of(t)])
    return file, *rng.choice(methods_of(tree.files[file]))


def rename_local(tree, rng):
    file, start, _, end, name = pick_method(tree, rng)
    body = tree.files[file][start:end]
    names = re.findall(r"\b(?:int|long|ulong|string|var|double|Order|CatalogItem\??|OrderLine|byte\[\])\s+([a-z]\w+)\s*(?:=|in\b)", body)
    if not names:
        return None
    old = rng.choice(names)
    new = old + rng.choice(["Value", "Now", "Local", "Here"])
    if re.search(rf"\b{new}\b", body):
        return None
    body = re.sub(rf"(?<![\w\"'-])(?<!(?<!\.)\.){old}\b(?!: )", new, body)
    tree.files[file] = tree.files[file][:start] + body + tree.files[file][end:]
    return f"local {old} of {name} is {new}"


RENAMES = [("Discounted", "PriceAfterDiscount"), ("Shipping", "ShippingCents"), ("TakeLine", "TakeFromRow"), ("SealLine", "SealRow"),
           ("IsWellFormed", "HasValidShape"), ("ParseLine", "ReadLine"), ("Intern", "Pooled"), ("Fold", "FoldInto"), ("Encode", "EncodeFrame"),
           ("RunSlice", "RunMany"), ("Reserve", "TakeStock"), ("Restock", "Replenish"), ("Process", "Handle"), ("Finish", "Complete"),
           ("AddChecksum", "MixChecksum"), ("PriceCalculator", "OrderPricer"), ("StockLedger", "Ledger"), ("WireParser", "MessageParser"),
           ("OrderValidator", "OrderChecks"), ("BatchExporter", "FrameExporter"), ("AuditTrail", "AuditLog"), ("CatalogIndex", "Catalog"),
           ("OrderFeed", "MessageFeed"), ("Throughput", "Meter"), ("WorkerPump", "OrderWorker"), ("_onHand", "_units"), ("_seal", "_marks"),
           ("_order", "_current"), ("_interned", "_pool"), ("_bySku", "_index"), ("_slots", "_counters"), ("_line", "_buffer"),
           ("_totals", "_cents"), ("_lineCounts", "_counts"), ("_ring", "_messages"), ("_cursor", "_at"), ("_exporter", "_out"),
           ("_pricing", "_prices"), ("_validator", "_checks"), ("RecordBytes", "BytesOfRecord")]


def rename_symbol(tree, rng):
    old, new = rng.choice(RENAMES)
    if not any(re.search(rf"(?<![\w\"]){old}\b", t) for t in tree.files.values()):
        return None
    if any(re.search(rf"\b{new}\b", t) for t in tree.files.values()):
        return None
    tree.rename(old, new)
    return f"{old} is {new}"


def move_file(tree, rng):
    file = rng.choice([f for f in tree.files if "/" in f and not f.startswith("Core/")])
    tree.files["Core/" + file] = tree.files.pop(file)
    return f"{file} moved"


def move_member(tree, rng):
    file, start, _, end, name = pick_method(tree, rng)
    text = tree.files[file]
    close = text.rstrip().rfind("}")
    types = re.findall(r"^(?:public|internal)[^;(\n]*\b(?:class|struct|record|enum)\b", text, re.M)
    if close < end or len(types) != 1:
        return None
    tree.files[file] = text[:start].rstrip() + "\n" + text[end:close].rstrip() + "\n\n" + text[start:end] + "\n}\n"
    return f"{name} stands last"


def add_comment(tree, rng):
    file, start, body, end, name = pick_method(tree, rng)
    text = tree.files[file]
    tree.files[file] = text[:body + 2] + f"        // {name}: see the design notes, section {rng.randrange(9)}.\n" + text[body + 2:]
    return f"comment in {name}"


def add_unused(tree, rng):
    file, start, _, _, name = pick_method(tree, rng)
    n = rng.randrange(1000)
    text = tree.files[file]
    member = rng.choice([
        f"    internal static int Clamp{n}(int value)\n    {{\n        for (int i = 0; i < 3; i++)\n            value = System.Math.Max(value, i);\n        return value;\n    }}\n\n",
        f"    internal static string Describe{n}(object value) => $\"{{value}} at {{System.DateTime.UtcNow:O}}\";\n\n",
        f"    internal const int Limit{n} = {n};\n\n"])
    tree.files[file] = text[:start] + member + text[start:]
    return f"unused member beside {name}"


def add_file(tree, rng):
    n = rng.randrange(1000)
    tree.files[f"Diagnostics/Probe{n}.cs"] = (
        f"using System.Collections.Generic;\n\nnamespace OrderPipeline.Diagnostics;\n\npublic sealed class Probe{n}\n{{\n"
        f"    private readonly List<string> _seen = new();\n\n    public void See(string what)\n    {{\n        foreach (string known in _seen)\n"
        f"            if (known == what)\n                return;\n        _seen.Add(what);\n    }}\n}}\n")
    return "a class that nobody uses"


def braces(tree, rng):
    """A single statement gets its brackets."""
    file = rng.choice(list(tree.files))
    found = list(re.finditer(r"^( +)(if \([^\n]*\)|for \([^\n]*\)|foreach \([^\n]*\))\n( +)([^\n{}]*;)\n", tree.files[file], re.M))
    if not found:
        return None
    m = rng.choice(found)
    new = f"{m[1]}{m[2]}\n{m[1]}{{\n{m[3]}{m[4]}\n{m[1]}}}\n"
    tree.files[file] = tree.files[file][:m.start()] + new + tree.files[file][m.end():]
    return f"brackets in {file}"


def spot(name, old, new):
    def edit(tree, rng):
        return name if tree.replace(old, new) else None
    return edit


SPOTS = [
    # code that runs once
    spot("another option", 'case "--seed":', 'case "--quiet": break;\n                case "--seed":'),
    spot("a field in the report", '\\"variant\\":', '\\"schema\\":2,\\"variant\\":'),
    spot("report: at least a millisecond", "double seconds = elapsed.TotalSeconds;", "double seconds = Math.Max(elapsed.TotalSeconds, 0.001);"),
    spot("usage text", 'Console.Error.WriteLine(e.Message);', 'Console.Error.WriteLine("error: " + e.Message);'),
    spot("checked capacity", "        _batchSize = batchSize;\n", "        if (batchSize <= 0)\n            throw new System.ArgumentOutOfRangeException(nameof(batchSize));\n        _batchSize = batchSize;\n"),
    spot("sized set", "var seen = new HashSet<int>();", "var seen = new HashSet<int>(itemCount);"),
    spot("other regions", '"us-west", "ap-south"', '"us-west", "ap-north"'),
    spot("background threads", "IsBackground = false", "IsBackground = true"),
    spot("stock filled by loop", "        Array.Fill(_onHand, 500);", "        for (int at = 0; at < _onHand.Length; at++)\n            _onHand[at] = 500;"),
    # hot code that does the same, or a little
    spot("guard in Price", "        long total = 0;\n        Span<", "        if (order.Lines.Count == 0)\n            return;\n        long total = 0;\n        Span<"),
    spot("region checked", "        for (int i = 0; i < lines.Count; i++)\n        {\n            if (!", "        if (order.Region.Length == 0)\n            return ValidationResult.NoLines;\n        for (int i = 0; i < lines.Count; i++)\n        {\n            if (!"),
    spot("surcharge", "return 250 + grams * rate / 10;", "long surcharge = grams > 2_000 ? 150 : 0;\n        return 250 + surcharge + grams * rate / 10;"),
    spot("counts rejected first", "            _meter.Rejected(_worker);\n            return;", "            _meter.Rejected(_worker);\n            _skipped++;\n            return;"),
    spot("wrap without modulo", "_cursor = (_cursor + 1) % _ring.Length;", "if (++_cursor == _ring.Length)\n            _cursor = 0;"),
    spot("pattern for quantities", "is <= 0 or > 1000", "is < 1 or >= 1001"),
    spot("other seed", "1469598103934665603UL", "1469598103934665605UL"),
    spot("default line", "case 0: break;", "case 0: continue;"),
    spot("condition turned round", "if (shortfall > 0)\n            _ledger.", "if (shortfall is not 0)\n            _ledger."),
    spot("rate by if", '        long rate = region.StartsWith("eu", StringComparison.Ordinal) ? 3 : 5;\n', '        long rate = 5;\n        if (region.StartsWith("eu", StringComparison.Ordinal))\n            rate = 3;\n'),
    spot("discounts by if", " => quantity switch\n    {\n        >= 8 => item.UnitCents * 90 / 100,\n        >= 4 => item.UnitCents * 95 / 100,\n        _ => item.UnitCents,\n    };",
         "\n    {\n        if (quantity >= 8)\n            return item.UnitCents * 90 / 100;\n        return quantity >= 4 ? item.UnitCents * 95 / 100 : item.UnitCents;\n    }"),
    # code pulled out, and put back
    spot("rate pulled out", '        long rate = region.StartsWith("eu", StringComparison.Ordinal) ? 3 : 5;\n        return 250 + grams * rate / 10;\n    }',
         '        return 250 + grams * RateOf(region) / 10;\n    }\n\n    private static long RateOf(string region) => region.StartsWith("eu", StringComparison.Ordinal) ? 3 : 5;'),
    spot("seal pulled out", "            for (int w = 0; w < _warehouses; w++)\n                hash = (hash ^ (uint)_onHand[at + w]) * 1099511628211UL;\n            hash ^= hash >> 29;\n        }\n        Volatile.Write(ref _seal[catalogId], hash);\n    }",
         "            hash = SealOnce(at, hash);\n        }\n        Volatile.Write(ref _seal[catalogId], hash);\n    }\n\n    private ulong SealOnce(int at, ulong hash)\n    {\n        for (int w = 0; w < _warehouses; w++)\n            hash = (hash ^ (uint)_onHand[at + w]) * 1099511628211UL;\n        return hash ^ (hash >> 29);\n    }"),
    spot("digit pulled out", "            int weighted = (i & 1) == 0 ? digit * 2 : digit;\n            sum += weighted > 9 ? weighted - 9 : weighted;\n        }\n        return sku",
         "            sum += Weighted(digit, (i & 1) == 0);\n        }\n        return sku"),
    spot("head pulled out", "            $\"order={order.Id} customer={order.Customer} region={order.Region} total={order.TotalCents} short={shortfall}\",\n            out int at);\n",
         "            $\"order={order.Id} customer={order.Customer} region={order.Region} total={order.TotalCents} short={shortfall}\",\n            out int head);\n        int at = head;\n"),
    spot("stages pulled out", "        _pricing.Price(order);\n        int shortfall = _ledger.Reserve(order);\n        if (shortfall > 0)\n            _ledger.Restock(order, shortfall);\n",
         "        int shortfall = PriceAndReserve(order);\n"),
    spot("encode put into flush's caller", "        if (++_count == _batchSize)\n            Flush();", "        _count++;\n        if (_count >= _batchSize)\n            Flush();"),
    spot("known first", "if (_interned.TryGetValue(key, out string? known) && Ascii.Equals(token, known))\n            return known;\n        string made",
         "_interned.TryGetValue(key, out string? known);\n        if (known is not null && Ascii.Equals(token, known))\n            return known;\n        string made"),
]
# What a spot needs beside it.
COMPANIONS = {
    "counts rejected first": ("    private readonly int _worker;\n", "    private readonly int _worker;\n    private int _skipped;\n"),
    "digit pulled out": ("    // A SKU is", "    private static int Weighted(int digit, bool twice)\n    {\n        int weighted = twice ? digit * 2 : digit;\n        return weighted > 9 ? weighted - 9 : weighted;\n    }\n\n    // A SKU is"),
    "stages pulled out": ("    private void Process(byte[] wire)", "    private int PriceAndReserve(Order order)\n    {\n        _pricing.Price(order);\n        int shortfall = _ledger.Reserve(order);\n        if (shortfall > 0)\n            _ledger.Restock(order, shortfall);\n        return shortfall;\n    }\n\n    private void Process(byte[] wire)"),
}
GENERIC = [rename_local, rename_symbol, move_file, move_member, add_comment, add_unused, add_file, braces]


def innocent(tree, rng, count):
    done = []
    spots = rng.sample(SPOTS, min(len(SPOTS), max(3, count // 2)))
    # Spots are found by their text, so they come before anything is renamed.
    for edit in spots:
        saved = dict(tree.files)
        what = edit(tree, rng)
        if what in COMPANIONS and not tree.replace(*COMPANIONS[what]):
            tree.files, what = saved, None
        if what:
            done.append(what)
    for _ in range(400):
        if len(done) >= count:
            break
        what = rng.choice(GENERIC)(tree, rng)
        if what:
            done.append(what)
    return done


def make(seed, out, refactor):
    rng = random.Random(seed)
    tree = Tree(BASE)
    name = ""
    if not refactor:
        name, truth, edit = PLANTS[seed % len(PLANTS)]
        tree.truth = [NS + t for t in truth]
        if not edit(tree, rng):
            raise SystemExit(f"seed {seed}: '{name}' found no place")
    edits = innocent(tree, rng, rng.randint(10, 40))
    for file, text in tree.files.items():
        path = out / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return {"seed": seed, "plant": name, "truth": tree.truth, "edits": edits}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("seed", type=int)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--refactor", action="store_true", help="innocent edits alone")
    args = parser.parse_args()
    print(json.dumps(make(args.seed, args.out, args.refactor)))
