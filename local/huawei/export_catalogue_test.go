package huawei

// FilteredSpecs is ListResourceSpecs behind the contract, whose schema of a
// filter's key admits no text.
func FilteredSpecs(body string) ([]string, error) {
	answer, err := listResourceSpecs(nil, &call{body: []byte(body)})
	if err != nil {
		return nil, err
	}
	var specs []string
	for _, row := range answer.(map[string]any)["cloud_service_basics"].([]specRow) {
		specs = append(specs, row.Spec)
	}
	return specs, nil
}
