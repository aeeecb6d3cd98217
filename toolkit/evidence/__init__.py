"""What a run proved, in a folder that an auditor can check without this toolkit's word for it.

    write_bundle(folder, material, signer=…, redactor=…)   toolkit.evidence.bundle
    verify_bundle(folder, trust) -> Verdict                toolkit.evidence.verify
    countersign(folder, signer)                            toolkit.evidence.countersign
    show_json(folder, trust), show_text(folder, trust)     toolkit.evidence.show
    component_proof(folder, component, trust)              toolkit.evidence.show

The format stands in schemas/evidence-*.schema.json; tests/golden/evidence holds a whole bundle as test vector.
"""
