; title: LINQ query inside a loop
; why: Each pass allocates an enumerator and a delegate, and often walks the whole collection again.
; fix: Take the query out of the loop, or write the inner loop by hand; a Dictionary or HashSet for look-ups.
; cost: allocation
; bad: foreach (var x in xs) { var y = ys.FirstOrDefault(z => z.Id == x.Id); }
; good: var y = ys.FirstOrDefault(z => z.Id == 1);

((invocation_expression function: (member_access_expression name: [(identifier) (generic_name (identifier))] @name)) @hit
  (#match? @name "^(Where|Select|SelectMany|OrderBy|OrderByDescending|GroupBy|ToList|ToArray|ToDictionary|Any|All|First|FirstOrDefault|Single|SingleOrDefault|Last|LastOrDefault|Sum|Max|Min|Average|Aggregate|Distinct|Except|Intersect|Union|Concat|Zip)(<.*)?$")
  (#match? @hit "\\(\\s*(\\w+|\\([^)]*\\))\\s*=>|\\.(ToList|ToArray|ToDictionary|Distinct)\\(\\)$") (#inside? @hit for_statement foreach_statement while_statement do_statement))
