"""Regressions that were written after the investigator was, in workloads of their own, to see what it does with what it
was not made with: as cases.py."""

HELDOUT = [
    # theatre: C#, three threads
    ("seats-listed", "cpu", "theatre", ("Hall.cs", ["Theatre.Hall.FindTogether"]),
     [("Hall.cs", "        ulong wanted = (1UL << party) - 1;\n", "        var free = Enumerable.Range(0, _rows.Length * _width).Where(s => (_rows[s / _width] >> (s % _width) & 1) == 0).ToList();\n        ulong wanted = (1UL << party) - 1;\n        if (free.Count < party)\n            return -1;\n"),
      ("Hall.cs", "namespace Theatre;\n", "using System.Linq;\n\nnamespace Theatre;\n")]),
    ("zones-sorted", "allocation", "theatre", ("Tariff.cs", ["Theatre.Tariff.Price"]),
     [("Tariff.cs", "        int cents = 0;\n        foreach (var zone in _zones)\n        {\n            if (zone.FirstRow > row)\n                break;\n            cents = zone.Cents;\n        }\n",
       "        int cents = _zones.Where(z => z.FirstRow <= row).OrderByDescending(z => z.FirstRow).First().Cents;\n"),
      ("Tariff.cs", "using System.Collections.Generic;\n", "using System.Collections.Generic;\nusing System.Linq;\n")]),
    ("code-joined", "allocation", "theatre", ("TicketPrinter.cs", ["Theatre.TicketPrinter.Print"]),
     [("TicketPrinter.cs", "        char[] line = _line ??= new char[24];\n", "        string line = \"\";\n"),
      ("TicketPrinter.cs", "i < line.Length;", "i < 24;"),
      ("TicketPrinter.cs", "            line[i] = (char)('0' + digit);\n", "            line += digit.ToString();\n"),
      ("TicketPrinter.cs", "        Printed++;\n", "        Printed += line.Length / 24;\n")]),
    ("one-door", "contention", "theatre", ("BoxOffice.cs", ["Theatre.BoxOffice.Book"]),
     [("BoxOffice.cs", "lock (_doors[show])", "lock (_doors)")]),
    ("discount-thrown", "exceptions", "theatre", ("Tariff.cs", ["Theatre.Tariff.Discount"]),
     [("Tariff.cs", "        return _discounts.TryGetValue(code, out int percent) ? percent : 0;\n", "        try\n        {\n            return _discounts[code];\n        }\n        catch (KeyNotFoundException)\n        {\n            return 0;\n        }\n")]),
    ("receipt-written", "io", "theatre", ("TicketPrinter.cs", ["Theatre.TicketPrinter.Print"]),
     [("TicketPrinter.cs", "        Printed++;\n", "        lock (_tape)\n        {\n            _tape.Write(new byte[24]);\n            _tape.Flush();\n        }\n        Printed++;\n"),
      ("TicketPrinter.cs", "    public int Printed;\n", "    public int Printed;\n    private readonly System.IO.FileStream _tape = new(System.IO.Path.GetTempFileName(), System.IO.FileMode.Open, System.IO.FileAccess.Write, System.IO.FileShare.None, 1, System.IO.FileOptions.DeleteOnClose);\n")]),
    # rivers: C++, one thread, by perf
    ("levels-copied", "cpu", "rivers", ("gauge.cpp", ["rivers.Gauge.trend"]),
     [("gauge.cpp", "    double sum = 0;\n", "    double sum = 0;\n    std::vector<double> levels;\n    for (const double level : levels_) {\n        std::vector<double> longer(levels);\n        longer.push_back(level);\n        levels = longer;\n    }\n    if (levels.empty()) return 0;\n")]),
    ("reach-by-name", "cpu", "rivers", ("basin.cpp", ["rivers.Basin.route", "rivers.Basin.find"]),
     [("basin.cpp", "        if (reach.downstream >= 0) reaches_[static_cast<std::size_t>(reach.downstream)].inflow += out;\n",
       "        if (reach.downstream < 0) continue;\n        const int next = find(\"reach-\" + std::to_string(reach.downstream));\n        reaches_[static_cast<std::size_t>(next)].inflow += out;\n"),
      ("basin.cpp", "    const std::size_t dash = name.find('-');\n    const int number = std::atoi(name.c_str() + dash + 1);\n    return number < static_cast<int>(reaches_.size()) ? number : -1;\n",
       "    for (std::size_t i = 0; i < reaches_.size(); ++i) {\n        if (reaches_[i].name == name) return static_cast<int>(i);\n    }\n    return -1;\n")]),
    ("stage-solved", "cpu", "rivers", ("basin.cpp", ["rivers.stage_of"]),
     [("basin.cpp", "i < 3; ++i) stage", "i < 400; ++i) stage")]),
    ("readings-sorted", "growth", "rivers", ("gauge.cpp", ["rivers.Gauge.read"]),
     [("gauge.cpp", "    levels_[next_] = stage;\n    next_ = (next_ + 1) % kKept;\n", "    levels_[next_] = stage;\n    next_ = (next_ + 1) % kKept;\n    std::vector<double> sorted = levels_;\n    std::sort(sorted.begin(), sorted.end());\n    if (sorted.front() < 0) levels_.clear();\n")]),
]
