package focus

// ColumnNames are those of the specification; TypeOf is what each holds.
func ColumnNames() (names []string) {
	for _, c := range specification {
		names = append(names, c.name)
	}
	return names
}

// WrongValue has the form of no value of the column; it is empty where any text has.
func WrongValue(name string) string {
	for _, c := range specification {
		if c.name == name {
			return map[kind]string{number: "1,5", instant: "2026-02-01 00:00:00", keyValue: `{"a":["b"]}`}[c.kind]
		}
	}
	return ""
}

// Families are the columns that each rule of presence depends on.
var Families = families

// Tested on their own too.
var (
	IsNumeric = isNumeric
	IsInstant = isInstant
	IsUnit    = isUnit
	IsPairs   = func(s string) bool { _, ok := pairsOf(s); return ok }
)

// MakeFile is a file of rows that say what each column has; what they do not say is null.
func MakeFile(columns []Column, rows []map[string]string) *File {
	return &File{Columns: columns, Rows: func(yield func(Row, error) bool) {
		place := placeOf(columns)
		for i, values := range rows {
			row := Row{Number: i + 1, Cells: make([]Value, len(columns)), place: place}
			for j, c := range columns {
				text, ok := values[c.Name]
				row.Cells[j] = Value{Null: !ok, Text: text}
			}
			if !yield(row, nil) {
				return
			}
		}
	}}
}
