; title: LINQ query inside a loop
; why: Each pass allocates an enumerator and a delegate, and often walks the whole collection again.
; fix: Take the query out of the loop, or write the inner loop by hand; a Dictionary or HashSet for look-ups.
; cost: allocation
; bad: foreach (var x in xs) { var y = ys.FirstOrDefault(z => z.Id == x.Id); }
; bad: while (xs.Any(x => x.Id == y)) { y++; }
; good: foreach (var x in xs.Where(z => z.Id == 1).ToList()) { y += x.Id; }
; good: for (var y = xs.Max(x => x.Id); y > 0; y--) { }
; good: foreach (var x in xs) Use(x.AsSpan(0, 4).ToArray());
; good: var y = ys.FirstOrDefault(z => z.Id == 1);

((invocation_expression function: (member_access_expression name: [(identifier) (generic_name (identifier))] @name)) @hit
  (#match? @name "^(Where|Select|SelectMany|OrderBy|OrderByDescending|GroupBy|ToList|ToArray|ToDictionary|Any|All|First|FirstOrDefault|Single|SingleOrDefault|Last|LastOrDefault|Sum|Max|Min|Average|Aggregate|Distinct|Except|Intersect|Union|Concat|Zip)(<.*)?$")
  (#match? @hit "\\(\\s*(\\w+|\\([^)]*\\))\\s*=>|\\.(ToList|ToArray|ToDictionary|Distinct)\\(\\)$") (#not-match? @hit "([sS]pan|Slice|[mM]emory|[bB]uffer)\\b.*\\.ToArray\\(\\)$") (#inside? @hit for_statement foreach_statement while_statement do_statement))
