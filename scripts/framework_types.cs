#:package Microsoft.CodeAnalysis.CSharp@5.*
#:property Nullable=disable
#:property NoWarn=NU1603
#:property PublishAot=false
// Writes the declarations that the index of C# knows of .NET, from the reference assemblies of an SDK:
//
//     dotnet run scripts/framework_types.cs dotnet.cs && zstd -19 --rm dotnet.cs -o tools/source/framework/dotnet.cs.zst
//
// Types, bases and members of the namespaces below: what is needed to tell the type of an expression. Left out is what
// never tells: attributes, constants of enums, overloads of one result (but for those that take lambdas or `out`, which
// say what the lambda's parameters are), the many members of numbers, what is obsolete.
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

string[] namespaces = [
    "System", "System.Buffers", "System.Buffers.Binary", "System.Collections", "System.Collections.Concurrent",
    "System.Collections.Frozen", "System.Collections.Generic", "System.Collections.Immutable",
    "System.Collections.ObjectModel", "System.ComponentModel", "System.Data", "System.Data.Common",
    "System.Diagnostics", "System.Globalization", "System.IO", "System.IO.Pipelines", "System.Linq",
    "System.Linq.Expressions", "System.Net", "System.Net.Http", "System.Net.Sockets", "System.Reflection",
    "System.Runtime.CompilerServices", "System.Runtime.InteropServices", "System.Security.Cryptography", "System.Text",
    "System.Text.Json", "System.Text.RegularExpressions", "System.Threading", "System.Threading.Channels",
    "System.Threading.Tasks", "Microsoft.Extensions.Configuration", "Microsoft.Extensions.DependencyInjection",
    "Microsoft.Extensions.Hosting", "Microsoft.Extensions.Logging", "Microsoft.Extensions.Options",
];
string[] silentInterfaces = [
    "IComparable", "IConvertible", "IDeserializationCallback", "IFormattable", "IParsable", "ISerializable",
    "ISpanFormattable", "ISpanParsable", "IUtf8SpanFormattable", "IUtf8SpanParsable",
];
string[] numbers = ["BitConverter", "BitOperations", "Convert", "Decimal", "Half", "Int128", "Math", "MathF", "UInt128"];

var packs = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location), "../../../packs"));
var references = new[] { "Microsoft.NETCore.App.Ref", "Microsoft.AspNetCore.App.Ref" }
    .Select(pack => Directory.GetDirectories(Path.Combine(packs, pack)).Order().Last())
    .SelectMany(folder => Directory.GetFiles(Path.Combine(folder, "ref"), "*.dll", SearchOption.AllDirectories))
    .Select(file => MetadataReference.CreateFromFile(file));
var compilation = CSharpCompilation.Create("framework", null, references);

var plain = new SymbolDisplayFormat(
    typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameOnly,
    genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters,
    miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes);
var text = new StringBuilder();
foreach (var name in namespaces) text.Append($"using {name};\n");
foreach (var name in namespaces)
{
    INamespaceSymbol found = compilation.GlobalNamespace;
    foreach (var part in name.Split('.')) found = found?.GetNamespaceMembers().FirstOrDefault(n => n.Name == part);
    if (found == null) throw new InvalidOperationException($"no reference assembly has the namespace {name}");
    text.Append($"namespace {name}{{\n");
    foreach (var type in found.GetTypeMembers().OrderBy(t => t.MetadataName, StringComparer.Ordinal)) Declare(type);
    text.Append("}\n");
}
File.WriteAllText(args[0], text.ToString());

string Listed(IEnumerable<string> items, string open, string close) => items.Any() ? open + string.Join(",", items) + close : "";

string Written(ITypeSymbol type) => type switch
{
    IArrayTypeSymbol array => Written(array.ElementType) + "[" + new string(',', array.Rank - 1) + "]",
    IPointerTypeSymbol pointer => Written(pointer.PointedAtType) + "*",
    IFunctionPointerTypeSymbol => "nint",
    INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } value => Written(value.TypeArguments[0]) + "?",
    INamedTypeSymbol { IsTupleType: true } tuple => "(" + string.Join(",", tuple.TupleElements.Select(e => $"{Written(e.Type)} {e.Name}")) + ")",
    INamedTypeSymbol named when named.ContainingType != null || named.TypeArguments.Length > 0 =>
        (named.ContainingType != null ? Written(named.ContainingType) + "." : "") + named.Name + Listed(named.TypeArguments.Select(Written), "<", ">"),
    _ => type.ToDisplayString(plain),
};

string Parameters(IMethodSymbol method) => string.Join(",", method.Parameters.Select((p, i) =>
    (i == 0 && method.IsExtensionMethod ? "this " : "") + (p.IsParams ? "params " : "") +
    p.RefKind switch { RefKind.Out => "out ", RefKind.Ref => "ref ", RefKind.In => "in ", _ => "" } +
    $"{Written(p.Type)} {(char)('a' + Math.Min(i, 25))}{(p.HasExplicitDefaultValue ? "=0" : "")}"));

bool IsObsolete(ISymbol symbol) => symbol.GetAttributes().Any(a => a.AttributeClass?.Name == "ObsoleteAttribute");

bool IsSeen(ISymbol symbol) => !IsObsolete(symbol) && symbol.DeclaredAccessibility is
    Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal;

bool IsNumber(INamedTypeSymbol type) =>
    type.SpecialType is >= SpecialType.System_Char and <= SpecialType.System_Double || numbers.Contains(type.Name);

void Declare(INamedTypeSymbol type)
{
    if (!IsSeen(type) || type.BaseType?.Name == "Attribute") return;
    var generics = Listed(type.TypeParameters.Select(p => p.Name), "<", ">");
    if (type.TypeKind == TypeKind.Enum) text.Append($"public enum {type.Name}{{}}\n");
    else if (type.TypeKind == TypeKind.Delegate)
        text.Append($"public delegate {Written(type.DelegateInvokeMethod.ReturnType)} {type.Name}{generics}({Parameters(type.DelegateInvokeMethod)});\n");
    if (type.TypeKind is TypeKind.Enum or TypeKind.Delegate) return;

    var parents = type.Interfaces
        .Where(i => IsSeen(i) && i.ContainingNamespace.Name != "Numerics" && !silentInterfaces.Contains(i.Name)).ToList();
    if (type.BaseType is { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType) }) parents.Insert(0, type.BaseType);
    var kind = type.TypeKind == TypeKind.Interface ? "interface" : type.IsValueType ? "struct" : "class";
    text.Append($"public {(type.IsStatic ? "static " : "")}{kind} {type.Name}{generics}{Listed(parents.Select(Written), ":", "")}{{\n");
    var written = new HashSet<string>();
    foreach (var member in type.GetMembers().Where(IsSeen)) DeclareMember(member, IsNumber(type), written);
    text.Append("}\n");
}

void DeclareMember(ISymbol member, bool ofNumber, HashSet<string> written)
{
    var scope = member.IsStatic ? "public static " : "public ";
    switch (member)
    {
        case IMethodSymbol { MethodKind: MethodKind.Ordinary, IsOverride: false } method:
            var tells = method.IsExtensionMethod || method.Parameters.Any(p =>
                p.Type.TypeKind == TypeKind.Delegate || p.RefKind == RefKind.Out || p.Type.Name == "Expression");
            var key = $"{method.Name} {Written(method.ReturnType)}";
            if (!ofNumber) key += $" {method.Parameters.Length} {(tells ? Parameters(method) : "")}";
            if (written.Add(key))
                text.Append($"{scope}{Written(method.ReturnType)} {method.Name}{Listed(method.TypeParameters.Select(p => p.Name), "<", ">")}({Parameters(method)});\n");
            break;
        case IMethodSymbol { Name: "op_Implicit" } conversion when !ofNumber:
            text.Append($"public static implicit operator {Written(conversion.ReturnType)}({Parameters(conversion)});\n");
            break;
        case IPropertySymbol { IsIndexer: true } indexer:
            if (written.Add($"this {Written(indexer.Type)} {indexer.Parameters.Length}"))
                text.Append($"public {Written(indexer.Type)} this[{Written(indexer.Parameters[0].Type)} a]{{get;}}\n");
            break;
        case IPropertySymbol property:
            text.Append($"{scope}{Written(property.Type)} {property.Name}{{get;}}\n");
            break;
        case IFieldSymbol field when !ofNumber:
            text.Append($"{scope}{Written(field.Type)} {field.Name};\n");
            break;
        case INamedTypeSymbol nested:
            Declare(nested);
            break;
    }
}
